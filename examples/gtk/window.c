/* SPDX-License-Identifier: MIT */
/*
 * A window that shows what becomes of a server: started, killed from outside, stopped. GTK has the
 * thread and the loop; the context has its own, and makes a descriptor readable when events wait,
 * which GTK polls as any other. No call here waits for the server.
 *
 *   hp-example-gtk [--demo [--picture FILE.png]]
 *
 * --demo presses the buttons by itself: start, kill, start, stop; then it saves a picture of the
 * window and ends.
 */
#include <hyperprocess/hyperprocess.h>

#include <glib-unix.h>
#include <gtk/gtk.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

struct view {
  GtkWidget *window, *state, *start, *kill, *stop;
  GtkTextBuffer *news;
};

struct program {
  struct view view;
  hp_context *context;
  hp_process *server;
  gboolean is_demo;
  char *picture;
  int starts, code;
};

/* ---- What is seen ---- */

static const char style[] = ".state { font-size: 28px; font-weight: bold; color: #777; }"
                            ".ready { color: #1a7f37; } .failed { color: #cf222e; }"
                            "textview { font-family: monospace; padding: 8px; }";

static void write_news(struct program *program, const char *text) {
  GtkTextIter end;
  gtk_text_buffer_get_end_iter(program->view.news, &end);
  gtk_text_buffer_insert(program->view.news, &end, text, -1);
  gtk_text_buffer_insert(program->view.news, &end, "\n", 1);
  printf("%s\n", text);
}

static void mark(GtkWidget *widget, const char *name, gboolean set) {
  GtkStyleContext *context = gtk_widget_get_style_context(widget);
  if (set)
    gtk_style_context_add_class(context, name);
  else
    gtk_style_context_remove_class(context, name);
}

static void show_state(struct program *program, enum hp_state state) {
  struct view *view = &program->view;
  gboolean is_over = state == HP_STATE_STOPPED || state == HP_STATE_FAILED;
  gtk_label_set_text(GTK_LABEL(view->state), hp_state_name(state));
  mark(view->state, "ready", state == HP_STATE_READY);
  mark(view->state, "failed", state == HP_STATE_FAILED);
  gtk_widget_set_sensitive(view->start, is_over);
  gtk_widget_set_sensitive(view->kill, state == HP_STATE_READY);
  gtk_widget_set_sensitive(view->stop, !is_over);
}

static void describe(struct program *program, hp_process *server, const hp_event *event) {
  const hp_error *error = hp_event_error(event);
  const char *detail = error ? hp_error_message(error) : hp_event_text(event);
  if (hp_event_state(event) == HP_STATE_READY)
    detail = hp_process_endpoint(server);
  char *line =
      g_strdup_printf("%-10s %s", hp_state_name(hp_event_state(event)), detail ? detail : "");
  write_news(program, g_strchomp(line));
  g_free(line);
}

/* ---- What is done ---- */

static void play(struct program *program, enum hp_state state);

static void tell(hp_process *server, const hp_event *event, void *user) {
  struct program *program = user;
  if (hp_event_kind(event) != HP_EVENT_STATE)
    return;
  describe(program, server, event);
  show_state(program, hp_event_state(event));
  play(program, hp_event_state(event));
}

static void complain(struct program *program, hp_error *error) {
  write_news(program, hp_error_message(error));
  fprintf(stderr, "%s\n", hp_error_message(error));
  hp_error_free(error);
  program->code = 1;
  if (program->is_demo)
    gtk_main_quit();
}

static void start(struct program *program) {
  hp_options *options = NULL;
  hp_error *error = NULL;
  hp_process_close(program->server); /* it has ended: there is nothing to wait for */
  program->server = NULL;
  program->starts++;
  int result = hp_options_new(&options, &error);
  if (result == 0)
    result = hp_options_set_server(options, "echo", &error);
  if (result == 0)
    result =
        hp_process_start_async(program->context, options, tell, program, &program->server, &error);
  hp_options_free(options);
  if (result < 0)
    complain(program, error);
}

static void start_clicked(GtkButton *button, gpointer user) {
  (void)button;
  start(user);
}

/* As a user's task manager does it, behind the library's back. */
static void kill_clicked(GtkButton *button, gpointer user) {
  struct program *program = user;
  (void)button;
  kill((pid_t)hp_process_pid(program->server), SIGKILL);
}

static void stop_clicked(GtkButton *button, gpointer user) {
  struct program *program = user;
  (void)button;
  hp_process_stop_async(program->server);
}

/* ---- The demonstration ---- */

static void save_picture(struct program *program) {
  GdkWindow *window = gtk_widget_get_window(program->view.window);
  GdkPixbuf *picture = gdk_pixbuf_get_from_window(window, 0, 0, gdk_window_get_width(window),
                                                  gdk_window_get_height(window));
  if (!picture ||
      !gdk_pixbuf_save(picture, program->picture, "png", NULL, "compression", "9", NULL)) {
    fprintf(stderr, "no picture could be saved as %s\n", program->picture);
    program->code = 1;
  }
  g_clear_object(&picture);
}

static void frame_drawn(GdkFrameClock *clock, gpointer user) {
  struct program *program = user;
  g_signal_handlers_disconnect_by_data(clock, user);
  if (program->picture)
    save_picture(program);
  gtk_main_quit();
}

/* After the frame that shows the last state. */
static void end_demo(struct program *program) {
  GtkWidget *window = program->view.window;
  g_signal_connect(gtk_widget_get_frame_clock(window), "after-paint", G_CALLBACK(frame_drawn),
                   program);
  gtk_widget_queue_draw(window);
}

static void press(GtkWidget *button) {
  gtk_button_clicked(GTK_BUTTON(button));
}

static void play(struct program *program, enum hp_state state) {
  struct view *view = &program->view;
  if (!program->is_demo)
    return;
  if (state == HP_STATE_READY)
    press(program->starts == 1 ? view->kill : view->stop);
  else if (state == HP_STATE_FAILED && program->starts == 1)
    press(view->start);
  else if (state == HP_STATE_FAILED || state == HP_STATE_STOPPED) {
    program->code = state == HP_STATE_FAILED;
    end_demo(program);
  }
}

static gboolean begin_demo(GtkWidget *window, GdkEvent *event, gpointer user) {
  struct program *program = user;
  (void)window, (void)event;
  if (program->is_demo && program->starts == 0)
    press(program->view.start);
  return FALSE;
}

/* ---- The window ---- */

static GtkWidget *add_button(GtkWidget *box, const char *text, GCallback clicked,
                             struct program *program) {
  GtkWidget *button = gtk_button_new_with_label(text);
  g_signal_connect(button, "clicked", clicked, program);
  gtk_header_bar_pack_start(GTK_HEADER_BAR(box), button);
  return button;
}

static void load_style(void) {
  GtkCssProvider *provider = gtk_css_provider_new();
  gtk_css_provider_load_from_data(provider, style, -1, NULL);
  gtk_style_context_add_provider_for_screen(gdk_screen_get_default(), GTK_STYLE_PROVIDER(provider),
                                            GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  g_object_unref(provider);
}

static GtkWidget *make_bar(struct program *program) {
  GtkWidget *bar = gtk_header_bar_new();
  struct view *view = &program->view;
  gtk_header_bar_set_title(GTK_HEADER_BAR(bar), "A server and its states");
  view->start = add_button(bar, "Start", G_CALLBACK(start_clicked), program);
  view->kill = add_button(bar, "Kill", G_CALLBACK(kill_clicked), program);
  view->stop = add_button(bar, "Stop", G_CALLBACK(stop_clicked), program);
  gtk_widget_set_sensitive(view->kill, FALSE);
  gtk_widget_set_sensitive(view->stop, FALSE);
  return bar;
}

static void make_window(struct program *program) {
  struct view *view = &program->view;
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 12), *text = gtk_text_view_new();
  load_style();
  g_object_set(gtk_settings_get_default(), "gtk-enable-animations", FALSE, NULL);
  view->window = gtk_window_new(GTK_WINDOW_TOPLEVEL);
  view->state = gtk_label_new("not started");
  view->news = gtk_text_view_get_buffer(GTK_TEXT_VIEW(text));
  mark(view->state, "state", TRUE);
  gtk_text_view_set_editable(GTK_TEXT_VIEW(text), FALSE);
  gtk_text_view_set_cursor_visible(GTK_TEXT_VIEW(text), FALSE);
  gtk_window_set_titlebar(GTK_WINDOW(view->window), make_bar(program));
  gtk_window_set_default_size(GTK_WINDOW(view->window), 620, 380);
  gtk_box_pack_start(GTK_BOX(box), view->state, FALSE, FALSE, 12);
  gtk_box_pack_start(GTK_BOX(box), text, TRUE, TRUE, 0);
  gtk_container_add(GTK_CONTAINER(view->window), box);
  g_signal_connect(view->window, "destroy", G_CALLBACK(gtk_main_quit), NULL);
  g_signal_connect(view->window, "map-event", G_CALLBACK(begin_demo), program);
  gtk_widget_show_all(view->window);
}

/* ---- The loop ---- */

static gboolean events_wait(gint descriptor, GIOCondition condition, gpointer user) {
  struct program *program = user;
  (void)descriptor, (void)condition;
  hp_context_dispatch(program->context);
  return G_SOURCE_CONTINUE;
}

static int run(struct program *program, hp_error **error) {
  int descriptor, result = hp_context_new(&program->context, error);
  if (result == 0)
    result = hp_context_poll_fd(program->context, &descriptor, error);
  if (result < 0)
    return result;
  g_unix_fd_add(descriptor, G_IO_IN, events_wait, program);
  make_window(program);
  gtk_main();
  return 0;
}

int main(int argc, char **argv) {
  struct program program = {.server = NULL};
  GOptionEntry entries[] = {
      {"demo", 0, 0, G_OPTION_ARG_NONE, &program.is_demo, "Press the buttons by itself", NULL},
      {"picture", 0, 0, G_OPTION_ARG_FILENAME, &program.picture, "Save the window at the end",
       "FILE"},
      {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL}};
  GError *wrong = NULL;
  hp_error *error = NULL;
  if (!gtk_init_with_args(&argc, &argv, NULL, entries, NULL, &wrong)) {
    fprintf(stderr, "%s\n", wrong ? wrong->message : "no display");
    return 2;
  }
  if (run(&program, &error) < 0)
    complain(&program, error);
  hp_process_close(program.server);
  hp_context_free(program.context);
  return program.code;
}

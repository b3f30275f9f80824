/* SPDX-License-Identifier: MIT */
/* What is particular to pipes where there are any; the rest is in tests/conformance. */
#include "core/error.h"
#include "tests/support/os.h"
#include "transports/pipe_windows.h"
#include "transports/transports.h"

#include <stdio.h>
#include <string.h>
#include <windows.h>

#include <aclapi.h>

static const struct hp_transport_ops *const ops = &hp__transport_pipe;

struct scene {
  uv_loop_t loop;
  uv_timer_t deadline;
  hp_listener listener;
  hp_connect_request requests[3];
  uv_stream_t *served[3];
  int served_count, told, statuses[3];
  bool late;
  HANDLE strange; /* an instance that is not the library's */
};

static void expire(uv_timer_t *timer) {
  struct scene *scene = timer->data;
  scene->late = true;
}

static void take(hp_listener *listener, uv_stream_t *stream) {
  struct scene *scene = listener->data;
  scene->served[scene->served_count++] = stream;
}

static void note(hp_connect_request *request, int status) {
  struct scene *scene = request->data;
  scene->statuses[request - scene->requests] = status;
  scene->told++;
}

static void begin(struct scene *scene) {
  memset(scene, 0, sizeof *scene);
  uv_loop_init(&scene->loop);
  uv_timer_init(&scene->loop, &scene->deadline);
  scene->deadline.data = scene;
  uv_timer_start(&scene->deadline, expire, 20000, 0);
  scene->listener.data = scene;
  scene->listener.callback = take;
  scene->strange = INVALID_HANDLE_VALUE;
}

static void listen_to(struct scene *scene) {
  struct hp_transport_spec spec = {0};
  CHECK_INT(ops->listen(&scene->loop, &scene->listener, &spec, -1, NULL), 0);
}

static void connect_to(struct scene *scene, int index, const struct hp_endpoint *endpoint) {
  scene->requests[index] = (hp_connect_request){.data = scene, .callback = note};
  CHECK_INT(ops->connect(&scene->loop, &scene->requests[index], endpoint), 0);
}

static void await(struct scene *scene, const int *count, int wanted) {
  while (*count < wanted && !scene->late)
    uv_run(&scene->loop, UV_RUN_ONCE);
  CHECK_INT(*count, wanted);
}

static void free_stream(uv_handle_t *handle) {
  hp_free(handle);
}

static void end(struct scene *scene) {
  for (int i = 0; i < scene->served_count; i++)
    uv_close((uv_handle_t *)scene->served[i], free_stream);
  for (int i = 0; i < 3; i++)
    if (scene->requests[i].callback)
      uv_close(&scene->requests[i].as.handle, NULL);
  if (scene->listener.own)
    hp_listener_close(&scene->listener, NULL);
  uv_close((uv_handle_t *)&scene->deadline, NULL);
  uv_run(&scene->loop, UV_RUN_DEFAULT);
  CHECK_INT(uv_loop_close(&scene->loop), 0);
  if (scene->strange != INVALID_HANDLE_VALUE)
    CloseHandle(scene->strange);
}

/* A pipe as any program makes it. */
static void make_strange(struct scene *scene, const char *name, DWORD instances,
                         struct hp_endpoint *endpoint) {
  wchar_t path[300];
  swprintf(path, 300, L"\\\\.\\pipe\\%hs", name);
  *endpoint = (struct hp_endpoint){.kind = HP_ENDPOINT_PIPE, .host = "."};
  snprintf(endpoint->path, sizeof endpoint->path, "%s", name);
  scene->strange = CreateNamedPipeW(path, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE,
                                    instances, 4096, 4096, 0, NULL);
  CHECK(scene->strange != INVALID_HANDLE_VALUE);
}

static const char *own_name(void) {
  static char name[64];
  struct hp_transport_spec spec = {0};
  struct hp_endpoint endpoint;
  CHECK_INT(ops->reserve(NULL, &spec, &endpoint, NULL), 0);
  snprintf(name, sizeof name, "%s", endpoint.path);
  return name;
}

HP_TEST(names_of_ours_are_long_and_differ) {
  char first[64];
  snprintf(first, sizeof first, "%s", own_name());
  CHECK_INT(strlen(first), 35);
  CHECK(strcmp(first, own_name()) != 0);
}

/* The access list of a pipe of ours: one entry, our user's, and nothing that is inherited. */
HP_TEST(nobody_else_may_open_our_pipe) {
  struct scene scene;
  uv_os_fd_t handle;
  PACL list = NULL;
  PSID owner = NULL;
  PSECURITY_DESCRIPTOR descriptor = NULL;
  SECURITY_DESCRIPTOR_CONTROL control = 0;
  DWORD revision;
  ACCESS_ALLOWED_ACE *entry = NULL;
  begin(&scene);
  listen_to(&scene);
  connect_to(&scene, 0, &scene.listener.endpoint);
  await(&scene, &scene.served_count, 1);
  CHECK_INT(uv_fileno((uv_handle_t *)scene.served[0], &handle), 0);
  CHECK_INT(GetSecurityInfo(handle, SE_KERNEL_OBJECT,
                            OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, &owner, NULL,
                            &list, NULL, &descriptor),
            0);
  CHECK(descriptor && GetSecurityDescriptorControl(descriptor, &control, &revision));
  CHECK(control & SE_DACL_PROTECTED);
  CHECK_INT(list ? list->AceCount : 0, 1);
  CHECK(list && GetAce(list, 0, (void **)&entry) && owner && EqualSid(owner, &entry->SidStart));
  CHECK_INT(entry ? entry->Header.AceType : -1, ACCESS_ALLOWED_ACE_TYPE);
  CHECK_INT(entry ? entry->Mask : 0, FILE_ALL_ACCESS);
  LocalFree(descriptor);
  end(&scene);
}

HP_TEST(each_client_gets_an_instance_of_its_own) {
  struct scene scene;
  begin(&scene);
  listen_to(&scene);
  for (int i = 0; i < 3; i++)
    connect_to(&scene, i, &scene.listener.endpoint);
  await(&scene, &scene.told, 3);
  await(&scene, &scene.served_count, 3);
  for (int i = 0; i < 3; i++)
    CHECK_INT(scene.statuses[i], 0);
  end(&scene);
}

HP_TEST(a_busy_pipe_is_waited_for) {
  struct scene scene;
  struct hp_endpoint endpoint;
  begin(&scene);
  make_strange(&scene, own_name(), 1, &endpoint);
  connect_to(&scene, 0, &endpoint);
  await(&scene, &scene.told, 1);
  CHECK_INT(scene.statuses[0], 0);
  connect_to(&scene, 1, &endpoint);
  for (int i = 0; i < 5; i++)
    uv_run(&scene.loop, UV_RUN_NOWAIT);
  CHECK_INT(scene.told, 1);
  DisconnectNamedPipe(scene.strange); /* it is free for the next one */
  OVERLAPPED overlapped = {0};
  ConnectNamedPipe(scene.strange, &overlapped);
  await(&scene, &scene.told, 2);
  CHECK_INT(scene.statuses[1], 0);
  end(&scene);
}

HP_TEST(a_wait_for_a_busy_pipe_can_be_ended) {
  struct scene scene;
  struct hp_endpoint endpoint;
  begin(&scene);
  make_strange(&scene, own_name(), 1, &endpoint);
  connect_to(&scene, 0, &endpoint);
  connect_to(&scene, 1, &endpoint);
  await(&scene, &scene.told, 1);
  uv_close(&scene.requests[1].as.handle, NULL);
  await(&scene, &scene.told, 2);
  CHECK_INT(scene.statuses[1], UV_ECANCELED);
  scene.requests[1].callback = NULL; /* closed already */
  end(&scene);
}

HP_TEST(a_name_that_is_taken_is_told) {
  struct scene scene;
  struct hp_endpoint endpoint;
  struct hp_error error = {0};
  begin(&scene);
  make_strange(&scene, own_name(), 1, &endpoint);
  struct hp_endpoint again;
  struct hp_transport_spec spec = {.path = endpoint.path};
  CHECK_INT(ops->reserve(NULL, &spec, &again, &error), HP_EADDRINUSE);
  CHECK_HAS(hp_error_message(&error), spec.path);
  CHECK_INT(ops->listen(&scene.loop, &scene.listener, &spec, -1, NULL), HP_EADDRINUSE);
  hp__error_fini(&error);
  end(&scene);
}

/* Who has made the name beforehand would get our clients: there is no joining in. */
HP_TEST(a_name_that_was_laid_ready_is_not_joined) {
  struct scene scene;
  struct hp_endpoint endpoint;
  if (hp_os_is_wine())
    SKIP("Wine ignores FILE_FLAG_FIRST_PIPE_INSTANCE");
  begin(&scene);
  make_strange(&scene, own_name(), PIPE_UNLIMITED_INSTANCES, &endpoint);
  struct hp_transport_spec spec = {.path = endpoint.path};
  CHECK_INT(ops->listen(&scene.loop, &scene.listener, &spec, -1, NULL), HP_EADDRINUSE);
  end(&scene);
}

static DWORD open_by(const wchar_t *prefix, const char *name) {
  wchar_t path[300];
  swprintf(path, 300, L"%ls%hs", prefix, name);
  HANDLE opened = CreateFileW(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  DWORD code = opened == INVALID_HANDLE_VALUE ? GetLastError() : 0;
  if (code == 0)
    CloseHandle(opened);
  return code;
}

HP_TEST(nobody_opens_our_pipe_over_the_network) {
  static const wchar_t network[] = L"\\\\127.0.0.1\\pipe\\";
  struct scene scene;
  struct hp_endpoint endpoint;
  if (hp_os_is_wine())
    SKIP("Wine has no pipes over the network");
  begin(&scene);
  make_strange(&scene, own_name(), 1, &endpoint);
  DWORD code = open_by(network, endpoint.path);
  if (code == 0) {
    listen_to(&scene);
    CHECK(open_by(network, scene.listener.endpoint.path) != 0);
  }
  end(&scene);
  if (code != 0)
    SKIP("this Windows serves no pipes over the network");
}

/* We ourselves, but for being our user. */
static HANDLE make_stranger(void) {
  struct hp_pipe_user user;
  HANDLE ours = NULL, made = NULL;
  CHECK_INT(hp__pipe_user_get(&user), 0);
  SID_AND_ATTRIBUTES without = {.Sid = user.as.user.User.Sid};
  CHECK(OpenProcessToken(GetCurrentProcess(), TOKEN_ALL_ACCESS, &ours));
  CHECK(CreateRestrictedToken(ours, 0, 1, &without, 0, NULL, 0, NULL, &made));
  CloseHandle(ours);
  return made;
}

HP_TEST(the_system_keeps_others_from_our_pipe) {
  struct scene scene;
  if (hp_os_is_wine())
    SKIP("Wine lets a token without our user open our pipe");
  begin(&scene);
  listen_to(&scene);
  HANDLE stranger = make_stranger();
  if (CHECK(ImpersonateLoggedOnUser(stranger))) {
    DWORD code = open_by(L"\\\\.\\pipe\\", scene.listener.endpoint.path);
    RevertToSelf();
    CHECK_INT(code, ERROR_ACCESS_DENIED);
  }
  CloseHandle(stranger);
  end(&scene);
}

HP_TEST(a_pipe_of_ours_is_known_by_its_owner) {
  struct hp_pipe_user us;
  BYTE room[SECURITY_MAX_SID_SIZE];
  DWORD size = sizeof room;
  CHECK_INT(hp__pipe_user_get(&us), 0);
  PSID user = us.as.user.User.Sid, owner = us.owner.owner.Owner;
  CHECK(CreateWellKnownSid(WinWorldSid, NULL, room, &size));
  CHECK(hp__pipe_is_of(user, user, owner));
  CHECK(hp__pipe_is_of(owner, user, owner));
  CHECK(hp__pipe_is_of(room, user, room)); /* an elevated administrator's things are the group's */
  CHECK(!hp__pipe_is_of(room, user, owner));
  CHECK(!hp__pipe_is_of(NULL, user, owner));
}

/* SPDX-License-Identifier: MIT */
/* What one server needs: its configuration, its binary, its address. */
#include "cli/doctor.h"
#include "core/alloc.h"
#include "core/error.h"
#include "core/plan.h"
#include "core/program_version.h"

#include <stdio.h>
#include <string.h>

/* ---- Configuration ---- */

static struct hp_source *look_at_configuration(struct doctor *doctor) {
  struct hp_source *source = NULL;
  struct hp_error error = {0};
  hp_context *context = doctor->context;
  if (hp__sources_acquire(&context->sources, context->registry.platform,
                          doctor->arguments->options->file, &source, &error) < 0)
    doctor_fail(doctor, "configuration", &error);
  else
    doctor_say(doctor, VERDICT_OK, "configuration", "%s",
               source->path ? source->path : "the built-in one, for there is no file");
  hp__error_fini(&error);
  return source;
}

/* ---- Binary ---- */

static void look_at_libraries(struct doctor *doctor, const char *binary) {
  char *missing = libraries_missing(binary);
  if (!missing)
    return;
  doctor_say(doctor, VERDICT_FAIL, "libraries", "%s needs what its loader does not find: %s",
             binary, missing);
  doctor_remedy(doctor, "install the package that holds it, or name its folder in "
                        "LD_LIBRARY_PATH by the profile's environment");
  hp__free(missing);
}

static void look_at_binary(struct doctor *doctor, const struct hp_profile *profile,
                           const struct hp_definition *definition) {
  struct hp_candidates found = {0};
  struct hp_error error = {0};
  hp_context *context = doctor->context;
  const char *given = hp__plan_given(doctor->arguments->options, profile, definition);
  const struct hp_version_wanted wanted = hp__plan_wanted(doctor->arguments->options, profile);
  if (hp__plan_locate(context->registry.platform, &context->sources, definition, given, &wanted,
                      &found, &error) < 0) {
    doctor_fail(doctor, "binary", &error);
  } else {
    const struct hp_candidate *best = &found.items[found.count - 1];
    doctor_say(doctor, VERDICT_OK, "binary", "%s [%s]", best->path, best->source);
    look_at_libraries(doctor, best->path);
  }
  hp_candidates_fini(&found);
  hp__error_fini(&error);
}

/* ---- Address, data ---- */

/* By reserving it, and giving it back. */
static void look_at_port(struct doctor *doctor, const hp_plan *plan) {
  struct hp_endpoint endpoint = plan->known;
  struct hp_peer owner = {.pid = -1, .user = -1};
  struct hp_error error = {0};
  char text[HP_ENDPOINT_TEXT_SIZE];
  void *state = hp__alloc(plan->transport->size);
  if (state && plan->transport->reserve(state, &plan->address, &endpoint, &error) < 0) {
    plan->platform->port_owner(&plan->known, &owner);
    if (owner.pid > 0)
      hp_error_set_cause(&error, "it is held by process %lld (%s)", (long long)owner.pid,
                         owner.command);
    doctor_fail(doctor, "port", &error);
  } else if (state && plan->known.port) {
    hp_endpoint_print(&endpoint, text);
    doctor_say(doctor, VERDICT_OK, "port", "%s is free", text);
  }
  if (state)
    plan->transport->release(state);
  hp__free(state);
  hp__error_fini(&error);
}

/* The nearest part of the path that exists must take what is missing of it. */
static void look_at_data(struct doctor *doctor, const char *path) {
  enum { WRITABLE = 2 };
  char part[HP_PATH_SIZE];
  snprintf(part, sizeof part, "%s", path);
  for (;;) {
    uv_fs_t request;
    int status = uv_fs_access(NULL, &request, part, WRITABLE, NULL);
    uv_fs_req_cleanup(&request);
    char *slash = strrchr(part, '/');
    if (status == UV_ENOENT && slash && slash > part) {
      *slash = '\0';
      continue;
    }
    doctor_say(doctor, status == 0 ? VERDICT_OK : VERDICT_FAIL, "data", "%s%s%s%s", path,
               status == 0 ? "" : ": ", status == 0 ? "" : part,
               status == 0 ? "" : " cannot be written to");
    if (status != 0)
      doctor_remedy(doctor, "name another --data-dir, or change its owner or mode");
    return;
  }
}

static void look_at_plan(struct doctor *doctor) {
  hp_plan *plan = NULL;
  hp_error *error = NULL;
  if (hp_plan_make(doctor->context, doctor->arguments->options, &plan, &error) == 0) {
    doctor_say(doctor, VERDICT_OK, "plan", "server %s over %s", plan->definition->name,
               plan->transport->name);
    if (plan->known.kind == HP_ENDPOINT_TCP)
      look_at_port(doctor, plan);
    if (plan->data_dir)
      look_at_data(doctor, plan->data_dir);
  } else if (hp_error_phase(error) != HP_PHASE_LOCATE) { /* that has been said */
    doctor_fail(doctor, "plan", error);
  }
  hp_plan_free(plan);
  hp_error_free(error);
}

static int choose(const struct doctor *doctor, const struct hp_catalog *all,
                  const struct hp_profile **profile, const struct hp_definition **definition,
                  hp_error *error) {
  const hp_options *options = doctor->arguments->options;
  int result =
      hp__catalog_profile(all, options->profile ? options->profile : "default", profile, error);
  if (result < 0)
    return result;
  const char *server = options->server ? options->server : (*profile)->server;
  if (!server)
    return hp_error_set(error, HP_ECONFIG, HP_PHASE_CONFIG, "profile '%s' names no server",
                        (*profile)->name);
  return hp__catalog_definition(all, server, definition, error);
}

void doctor_look_at_server(struct doctor *doctor) {
  const hp_options *options = doctor->arguments->options;
  const struct hp_profile *profile;
  const struct hp_definition *definition;
  struct hp_error error = {0};
  struct hp_source *source = look_at_configuration(doctor);
  bool wanted = options->server || options->profile || (source && source->path);
  if (source && wanted) {
    if (choose(doctor, &source->catalog, &profile, &definition, &error) == 0) {
      look_at_binary(doctor, profile, definition);
      look_at_plan(doctor);
    } else {
      doctor_fail(doctor, "server", &error);
    }
  }
  hp__error_fini(&error);
  hp__source_release(source);
}

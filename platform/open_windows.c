/* SPDX-License-Identifier: MIT */
/* Opening by the handle of the directory above, which the system's own call does and no other. */
#include "platform/directory_windows.h"

#include "core/alloc.h"

#include <string.h>
#include <winternl.h>

static const ULONG options[] = {
    [HP_OPEN_ANY] = 0,
    [HP_OPEN_FILE] = FILE_NON_DIRECTORY_FILE,
    [HP_OPEN_DIRECTORY] = FILE_DIRECTORY_FILE,
};

/* One that is being removed is to the system's own table one that is closed to us. */
static DWORD code_of(NTSTATUS status) {
  enum { DELETE_PENDING = 0xC0000056 - 0x100000000 }; /* STATUS_DELETE_PENDING */
  return status == DELETE_PENDING ? ERROR_DELETE_PENDING : RtlNtStatusToDosError(status);
}

static DWORD open_as(HANDLE directory, const wchar_t *name, const struct hp_opening *opening,
                     PSECURITY_DESCRIPTOR descriptor, HANDLE *opened) {
  UNICODE_STRING text;
  OBJECT_ATTRIBUTES object;
  IO_STATUS_BLOCK status;
  RtlInitUnicodeString(&text, name);
  InitializeObjectAttributes(&object, &text, OBJ_CASE_INSENSITIVE, directory, descriptor);
  NTSTATUS code = NtCreateFile(
      opened, opening->access | SYNCHRONIZE, &object, &status, NULL, opening->attributes,
      opening->share, opening->create ? FILE_CREATE : FILE_OPEN,
      options[opening->kind] | FILE_OPEN_REPARSE_POINT | FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0);
  if (code >= 0)
    return 0;
  *opened = INVALID_HANDLE_VALUE;
  return code_of(code);
}

DWORD hp__open_below(HANDLE directory, const wchar_t *name, const struct hp_opening *opening,
                     HANDLE *opened) {
  PSECURITY_DESCRIPTOR descriptor = NULL;
  *opened = INVALID_HANDLE_VALUE;
  DWORD code = opening->create ? hp__private_descriptor(&descriptor) : 0;
  if (code == 0)
    code = open_as(directory, name, opening, descriptor, opened);
  LocalFree(descriptor);
  return code;
}

DWORD hp__open_directory(const char *path, ACCESS_MASK access, ULONG share, HANDLE *opened) {
  wchar_t *wide = hp__wide_path(path);
  struct hp_file_id id;
  *opened = INVALID_HANDLE_VALUE;
  if (!wide)
    return ERROR_NOT_ENOUGH_MEMORY;
  *opened = CreateFileW(wide, access | FILE_READ_ATTRIBUTES | SYNCHRONIZE, share, NULL,
                        OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
  DWORD code = *opened == INVALID_HANDLE_VALUE ? GetLastError() : hp__file_id(*opened, &id);
  hp__free(wide);
  if (code == 0 && !(id.attributes & FILE_ATTRIBUTE_DIRECTORY))
    code = ERROR_DIRECTORY;
  if (code != 0)
    hp__close_handle(opened);
  return code;
}

void hp__close_handle(HANDLE *handle) {
  if (*handle != INVALID_HANDLE_VALUE)
    CloseHandle(*handle);
  *handle = INVALID_HANDLE_VALUE;
}

DWORD hp__file_id(HANDLE file, struct hp_file_id *id) {
  BY_HANDLE_FILE_INFORMATION info;
  memset(id, 0, sizeof *id);
  if (!GetFileInformationByHandle(file, &info))
    return GetLastError();
  *id = (struct hp_file_id){.volume = info.dwVolumeSerialNumber,
                            .index = (uint64_t)info.nFileIndexHigh << 32 | info.nFileIndexLow,
                            .attributes = info.dwFileAttributes,
                            .links = info.nNumberOfLinks};
  return 0;
}

bool hp__is_same_file(const struct hp_file_id *a, const struct hp_file_id *b) {
  return a->volume == b->volume && a->index == b->index;
}

DWORD hp__set_attributes(HANDLE file, DWORD attributes) {
  FILE_BASIC_INFO info = {.FileAttributes = attributes}; /* times that are 0 stay */
  return SetFileInformationByHandle(file, FileBasicInfo, &info, sizeof info) ? 0 : GetLastError();
}

/* SPDX-License-Identifier: MIT */
/* Who we are, and access lists that let nobody else in. */
#include "platform/directory_windows.h"

#include <aclapi.h>
#include <sddl.h>
#include <stdio.h>

DWORD hp__own_sid(struct hp_sid *sid) {
  HANDLE token;
  DWORD size;
  if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token))
    return GetLastError();
  bool known = GetTokenInformation(token, TokenUser, &sid->as, sizeof sid->as, &size);
  DWORD code = known ? 0 : GetLastError();
  CloseHandle(token);
  return code;
}

/* We are named by our own SID, not as the owner: what an administrator makes may belong to the
 * group of them, and a server that gives its administrator's rights up, as PostgreSQL does, still
 * is us. The system may do everything anyway, and backups and virus scanners run as it. */
DWORD hp__private_descriptor(PSECURITY_DESCRIPTOR *descriptor) {
  struct hp_sid sid;
  wchar_t *name, text[512];
  *descriptor = NULL;
  DWORD code = hp__own_sid(&sid);
  if (code != 0)
    return code;
  if (!ConvertSidToStringSidW(sid.as.user.User.Sid, &name))
    return GetLastError();
  swprintf(text, sizeof text / sizeof *text, L"O:%lsD:P(A;OICI;FA;;;%ls)(A;OICI;FA;;;SY)", name,
           name);
  LocalFree(name);
  bool made =
      ConvertStringSecurityDescriptorToSecurityDescriptorW(text, SDDL_REVISION_1, descriptor, NULL);
  return made ? 0 : GetLastError();
}

bool hp__is_ours(HANDLE file) {
  struct hp_sid sid;
  PSID owner = NULL;
  PSECURITY_DESCRIPTOR descriptor = NULL;
  if (GetSecurityInfo(file, SE_FILE_OBJECT, OWNER_SECURITY_INFORMATION, &owner, NULL, NULL, NULL,
                      &descriptor) != ERROR_SUCCESS)
    return false;
  bool ours = owner && (IsWellKnownSid(owner, WinBuiltinAdministratorsSid) ||
                        IsWellKnownSid(owner, WinLocalSystemSid) ||
                        (hp__own_sid(&sid) == 0 && EqualSid(owner, sid.as.user.User.Sid)));
  LocalFree(descriptor);
  return ours;
}

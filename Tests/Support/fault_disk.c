// Preloaded, it makes calls of one process to the disk fail. The file $DISK_FAULT holds a rule a line, read anew at every
// call, so that faults can begin and end while the process runs:
//
//     CALL PART FROM COUNT WHAT
//
// CALL is write, fdatasync, fsync, rename or ftruncate; PART stands in the path ("*" is any); the calls that fit are
// counted from 1, and COUNT of them from the FROM-th on fail (0: all from there on). WHAT is EIO, ENOSPC, EDQUOT, EROFS,
// EINTR, EXDEV or, for a write, "short=N": only N bytes are taken. A sync that fails does nothing. With $DISK_CALLS
// each call is noted in that file, as "write /path".
//
//     clang -shared -fPIC -O2 -o fault_disk.so fault_disk.c

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { RULES = 16 };
static struct { char text[256]; long seen; } rules[RULES];
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static int number(const char *name) {
  static const struct { const char *name; int number; } names[] = {
      {"EIO", EIO}, {"ENOSPC", ENOSPC}, {"EDQUOT", EDQUOT}, {"EROFS", EROFS}, {"EINTR", EINTR}, {"EXDEV", EXDEV}};
  for (size_t n = 0; n < sizeof names / sizeof *names; n++)
    if (strcmp(names[n].name, name) == 0) return names[n].number;
  return 0;
}

// Times that this very rule was asked before; rules are known by their text.
static long *seen(const char *text) {
  for (int n = 0; n < RULES; n++) {
    if (rules[n].text[0] == 0) snprintf(rules[n].text, sizeof rules[n].text, "%s", text);
    if (strcmp(rules[n].text, text) == 0) return &rules[n].seen;
  }
  abort();
}

static void note(const char *call, const char *path) {
  const char *name = getenv("DISK_CALLS");
  if (name == NULL) return;
  int file = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  char line[600];
  int length = snprintf(line, sizeof line, "%s %s\n", call, path);
  if (file >= 0) syscall(SYS_write, file, line, length), close(file);
}

// The number of the error that this call is to have, 0 for none; *most: how many bytes of a write are taken.
static int fault(const char *call, const char *path, size_t *most) {
  const char *name = getenv("DISK_FAULT");
  if (name == NULL) return 0;
  pthread_mutex_lock(&turn);
  note(call, path);
  int error = 0;
  char text[2048] = "";
  int file = open(name, O_RDONLY | O_CLOEXEC);
  ssize_t length = file < 0 ? 0 : read(file, text, sizeof text - 1);
  if (file >= 0) close(file);
  text[length > 0 ? length : 0] = 0;
  char *rest = text;
  for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
    char wanted[16], part[128], what[32];
    long from, count;
    if (sscanf(line, "%15s %127s %ld %ld %31s", wanted, part, &from, &count, what) != 5) continue;
    if (strcmp(wanted, call) != 0 || (strcmp(part, "*") != 0 && strstr(path, part) == NULL)) continue;
    long place = ++*seen(line);
    if (place < from || (count > 0 && place >= from + count) || error != 0) continue;
    if (strncmp(what, "short=", 6) == 0 && most != NULL)
      *most = strtoul(what + 6, NULL, 10);
    else
      error = number(what);
  }
  pthread_mutex_unlock(&turn);
  return error;
}

static const char *path_of(int file, char *path, size_t size) {
  char link[32];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, size - 1);
  path[length > 0 ? length : 0] = 0;
  return path;
}

static int fails(const char *call, int file, size_t *most) {
  char path[512];
  int before = errno, error = 0;
  // Pipes and sockets have names like "pipe:[7]".
  if (*path_of(file, path, sizeof path) == '/') error = fault(call, path, most);
  errno = error != 0 ? error : before;
  return error;
}

ssize_t write(int file, const void *bytes, size_t count) {
  size_t most = count;
  if (fails("write", file, &most)) return -1;
  return syscall(SYS_write, file, bytes, most < count ? most : count);
}

int fdatasync(int file) { return fails("fdatasync", file, NULL) ? -1 : (int)syscall(SYS_fdatasync, file); }
int fsync(int file) { return fails("fsync", file, NULL) ? -1 : (int)syscall(SYS_fsync, file); }
int ftruncate(int file, off_t size) { return fails("ftruncate", file, NULL) ? -1 : (int)syscall(SYS_ftruncate, file, size); }

int rename(const char *from, const char *to) {
  int error = fault("rename", to, NULL);
  if (error == 0) return (int)syscall(SYS_rename, from, to);
  errno = error;
  return -1;
}

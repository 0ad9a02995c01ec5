/* Stands between a program and the system: the N-th call that changes a file beneath one folder fails, is cut short,
   or is the last thing that the process does. Loaded with LD_PRELOAD; `fault_arm` sets it, `fault_count` says how
   many such calls there were. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { WRITES = 1, SYNCS = 2, CUTS = 4, NAMES = 8 };   /* which calls count: pwrite, fsync, ftruncate, unlink/rename */
enum { DIES = -1, SHORT = -2, TORN = -3 };             /* what becomes of one, if not the error of that number */

static char under[PATH_MAX];
static int kinds, what, lasting;
static long at, count;

void fault_arm(const char *folder, int which, long nth, int outcome, int from_then_on) {
    snprintf(under, sizeof under, "%s", folder);
    kinds = which, at = nth, what = outcome, lasting = from_then_on, count = 0;
}

long fault_count(void) { return count; }

/* Whether this call is the one: 0, an error, SHORT or TORN. */
static int met(int kind, const char *path) {
    if (!(kinds & kind) || !under[0] || !path || strncmp(path, under, strlen(under)))
        return 0;
    count++;
    if (!at || count < at || (count > at && !lasting))
        return 0;
    if (what == DIES)
        kill(getpid(), SIGKILL);
    return what;
}

static int met_fd(int kind, int fd) {
    char link[64], path[PATH_MAX];
    if (!kinds)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    return met(kind, path);
}

static int met_path(int kind, const char *name) {
    char path[PATH_MAX];
    if (!kinds)
        return 0;
    if (name[0] == '/')
        return met(kind, name);
    if (!getcwd(path, sizeof path - 1))
        return 0;
    strncat(path, "/", sizeof path - strlen(path) - 1);
    strncat(path, name, sizeof path - strlen(path) - 1);
    return met(kind, path);
}

/* Half of a write, and nothing after it where the process dies in the middle of it. */
#define HALF(fault, call) do { \
    if (((fault) == SHORT || (fault) == TORN) && size > 1) size /= 2; \
    ssize_t done = (call); \
    if ((fault) == TORN) kill(getpid(), SIGKILL); \
    return done; \
} while (0)

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)
#define FAIL(fault) do { errno = (fault); return -1; } while (0)

#define PWRITE(name) \
ssize_t name(int fd, const void *data, size_t size, off64_t offset) { \
    REAL(ssize_t, #name, int, const void *, size_t, off64_t); \
    int fault = met_fd(WRITES, fd); \
    if (fault > 0) FAIL(fault); \
    HALF(fault, real(fd, data, size, offset)); \
}
PWRITE(pwrite)
PWRITE(pwrite64)

ssize_t write(int fd, const void *data, size_t size) {
    REAL(ssize_t, "write", int, const void *, size_t);
    int fault = met_fd(WRITES, fd);
    if (fault > 0) FAIL(fault);
    HALF(fault, real(fd, data, size));
}

#define SYNC(name) \
int name(int fd) { \
    REAL(int, #name, int); \
    int fault = met_fd(SYNCS, fd); \
    if (fault > 0) FAIL(fault); \
    return real(fd); \
}
SYNC(fsync)
SYNC(fdatasync)

#define CUT(name) \
int name(int fd, off64_t size) { \
    REAL(int, #name, int, off64_t); \
    int fault = met_fd(CUTS, fd); \
    if (fault > 0) FAIL(fault); \
    return real(fd, size); \
}
CUT(ftruncate)
CUT(ftruncate64)

int unlink(const char *path) {
    REAL(int, "unlink", const char *);
    int fault = met_path(NAMES, path);
    if (fault > 0) FAIL(fault);
    return real(path);
}

#define MOVE(name) \
int name(const char *from, const char *to) { \
    REAL(int, #name, const char *, const char *); \
    int fault = met_path(NAMES, to); \
    if (fault > 0) FAIL(fault); \
    return real(from, to); \
}
MOVE(rename)
MOVE(link)

// Loaded into a server with LD_PRELOAD: tells, call by call and in their order, which names it makes and which folders it makes
// durable, in the file that DISK_CALLS names. A power failure keeps a name only when its folder was synced after it.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void tell(const char *call, const char *path) {
    static int file = -1;
    if (file < 0) file = openat(AT_FDCWD, getenv("DISK_CALLS"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    char line[PATH_MAX + 32];
    int length = snprintf(line, sizeof line, "%s %s\n", call, path);
    if (length > 0 && write(file, line, length) != length) abort();
}

static void tell_descriptor(const char *call, int descriptor) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return;
    path[length] = 0;
    tell(call, path);
}

int open(const char *path, int flags, ...) {
    int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
    va_list more;
    va_start(more, flags);
    mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;
    va_end(more);
    int is_new = flags & O_CREAT && access(path, F_OK) != 0;
    int result = real(path, flags, mode);
    if (result >= 0 && is_new) tell("name", path);
    return result;
}

int rename(const char *from, const char *to) {
    int (*real)(const char *, const char *) = dlsym(RTLD_NEXT, "rename");
    int result = real(from, to);
    if (result == 0) tell("gone", from), tell("name", to);
    return result;
}

int unlink(const char *path) {
    int (*real)(const char *) = dlsym(RTLD_NEXT, "unlink");
    int result = real(path);
    if (result == 0) tell("gone", path);
    return result;
}

int mkdir(const char *path, mode_t mode) {
    int (*real)(const char *, mode_t) = dlsym(RTLD_NEXT, "mkdir");
    int result = real(path, mode);
    if (result == 0) tell("name", path);
    return result;
}

int fsync(int descriptor) {
    int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
    int result = real(descriptor);
    if (result == 0) tell_descriptor("sync", descriptor);
    return result;
}

int fdatasync(int descriptor) {
    int (*real)(int) = dlsym(RTLD_NEXT, "fdatasync");
    int result = real(descriptor);
    if (result == 0) tell_descriptor("data", descriptor);
    return result;
}

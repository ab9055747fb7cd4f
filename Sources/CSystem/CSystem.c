// GNU extensions are hidden from the header: with _GNU_SOURCE there, its types would differ from Swift's Glibc module.
#define _GNU_SOURCE
#include "CSystem.h"

int csystem_accept(int fd, struct sockaddr_storage *address, socklen_t *length) {
    return accept4(fd, (struct sockaddr *)address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

// What Swift cannot import from the system's headers: GNU extensions, macros, and processor instructions.
// Every function here is a one-line wrapper; a rule or a decision belongs in Swift.
#ifndef TWINHUB_CSYSTEM_H
#define TWINHUB_CSYSTEM_H

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <unistd.h>

/// `accept4` with SOCK_NONBLOCK and SOCK_CLOEXEC; the peer's address is left in `address`.
int csystem_accept(int fd, struct sockaddr_storage *address, socklen_t *length);

/// Asks memory for what stands at an address, which need not be one; nobody waits.
static inline void csystem_prefetch(const void *address) { __builtin_prefetch(address); }

/// Fills `count` bytes from the kernel's generator; 0, or -1 with errno.
static inline int csystem_random(void *bytes, size_t count) {
    unsigned char *next = (unsigned char *)bytes;
    while (count > 0) {
        ssize_t got = getrandom(next, count > 256 ? 256 : count, 0);
        if (got < 0) {
            if (errno == EINTR) continue;
            return -1;
        }
        next += got;
        count -= (size_t)got;
    }
    return 0;
}

#if defined(__x86_64__)
#include <cpuid.h>
static inline int csystem_has_crc32c(void) {
    unsigned int a, b, c, d;
    return __get_cpuid(1, &a, &b, &c, &d) && (c & (1u << 20)) != 0;
}
/// crc32c over the bytes by the processor's instruction; call only where `csystem_has_crc32c`.
__attribute__((target("sse4.2"))) static inline uint32_t csystem_crc32c(uint32_t crc, const void *bytes, size_t count) {
    const unsigned char *p = (const unsigned char *)bytes;
    uint64_t value = ~crc;
    while (count >= 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        value = __builtin_ia32_crc32di(value, word);
        p += 8;
        count -= 8;
    }
    uint32_t tail = (uint32_t)value;
    while (count--) tail = __builtin_ia32_crc32qi(tail, *p++);
    return ~tail;
}
#else
static inline int csystem_has_crc32c(void) { return 0; }
static inline uint32_t csystem_crc32c(uint32_t crc, const void *bytes, size_t count) { (void)bytes; (void)count; return crc; }
#endif

#endif

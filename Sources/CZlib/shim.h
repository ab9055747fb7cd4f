// zlib's header, and functions for the initialisers that are macros and so invisible to Swift.
#ifndef TWINHUB_CZLIB_H
#define TWINHUB_CZLIB_H

#include <zlib.h>

/// gzip framing (RFC 1952), window 15.
static inline int czlib_deflate_init_gzip(z_streamp stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}
static inline int czlib_inflate_init_gzip(z_streamp stream) {
    return inflateInit2(stream, 15 + 16);
}

#endif

// libnghttp2's header, and functions for what not every version of it has.
#ifndef TWINHUB_CNGHTTP2_H
#define TWINHUB_CNGHTTP2_H

#include <nghttp2/nghttp2.h>

// Distributions have patched these two into older versions, so the version number does not tell whether they are there.
extern void nghttp2_option_set_stream_reset_rate_limit(nghttp2_option *option, uint64_t burst, uint64_t rate)
    __attribute__((weak));
extern void nghttp2_option_set_max_continuations(nghttp2_option *option, size_t limit) __attribute__((weak));

/// Takes the library's own bounds out of the way of tighter ones that are kept elsewhere.
static inline void cnghttp2_leave_bounds_to_caller(nghttp2_option *option) {
    if (nghttp2_option_set_stream_reset_rate_limit) {
        nghttp2_option_set_stream_reset_rate_limit(option, 1u << 30, 1u << 30);
    }
    if (nghttp2_option_set_max_continuations) nghttp2_option_set_max_continuations(option, 1u << 30);
}

#endif

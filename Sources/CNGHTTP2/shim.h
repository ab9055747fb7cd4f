#ifndef TWINHUB_CNGHTTP2_H
#define TWINHUB_CNGHTTP2_H

#include <nghttp2/nghttp2.h>

#endif

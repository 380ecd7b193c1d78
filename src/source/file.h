/* Files read and written whole. */
#ifndef DC_SOURCE_FILE_H
#define DC_SOURCE_FILE_H

#include "base/buf.h"

/* Appends what `path` holds to `out`, at most out->ceiling octets; pipes too. DC_ERR_IO, and err->message
 * "PATH: what is wrong". */
enum dc_status dc_file_read(const char *path, struct dc_buf *out, struct dc_error *err);
/* Makes `path` hold `bytes`, or leaves it as it was: a file beside it, synchronised, takes its name. A path that is there
 * and no regular file (/dev/stdout, a pipe) is written to. DC_ERR_IO. */
enum dc_status dc_file_write(const char *path, struct dc_slice bytes, struct dc_error *err);
/* What a value of errno means: as strerror(), but without a locale and from any thread. Static text. */
const char *dc_errno_text(int number);

#endif

/* Recordings as files, and as the source of answers (--replay). */
#ifndef DC_SOURCE_RECORDING_H
#define DC_SOURCE_RECORDING_H

#include "evidence/recording.h"
#include "source/source.h"

/* Reads a file; see dc_recording_parse. */
enum dc_status dc_recording_read(const char *path, struct dc_recording **ret_recording, struct dc_error *err);
/* Writes what `writer` holds, whole or not at all (dc_file_write). */
enum dc_status dc_recording_finish(const struct dc_recording_writer *writer, const char *path, struct dc_error *err);

/* Claims every question. What the recording does not hold is NOT_ASKED. A question that it answers several times gets
 * these answers in their order, then the last one again and again. `recording` is borrowed and must outlive the source. */
struct dc_source *dc_recording_source_new(const struct dc_recording *recording, struct dc_error *err);

#endif

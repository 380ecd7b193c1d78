/* Recordings out of fuzzed octets: a mutation breaks one line in most cases, and the others are worth an audit all the same. */
#ifndef DC_TESTS_FUZZ_LINES_H
#define DC_TESTS_FUZZ_LINES_H

#include "base/buf.h"
#include "evidence/recording.h"

/* The lines that can be read, as a recording, into `out`. */
static inline void readable_lines(struct dc_slice input, size_t ceiling, struct dc_buf *out)
{
	static const char head[] = "domaincheck-recording 1\n";
	struct dc_recording *one;

	dc_buf_puts(out, head);
	while (input.len) {
		struct dc_slice line = dc_slice_cut(&input, '\n');
		struct dc_buf alone;

		if (dc_slice_starts(line, DC_S("clock ")) || dc_slice_starts(line, DC_S("domaincheck")))
			continue;
		dc_buf_init(&alone, ceiling);
		dc_buf_puts(&alone, head);
		dc_buf_put_slice(&alone, line);
		dc_buf_putc(&alone, '\n');
		if (dc_recording_parse("fuzz", dc_buf_slice(&alone), &one, NULL) == DC_OK) {
			dc_recording_free(one);
			dc_buf_put_slice(out, line);
			dc_buf_putc(out, '\n');
		}
		dc_buf_free(&alone);
	}
}

#endif

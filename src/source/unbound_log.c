/* What libunbound logs about a failure: SERVFAIL is all that its callback says of a time-out, a refusal, a lame server.
 *
 * The log of libunbound is one for the whole process, and so is the stream below, whoever made the context. Lines are
 * kept a thread: libunbound runs in the thread of the loop, so the line just written is about the question just ended. */
#include "source/unbound_parts.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { LINE_MAX_LENGTH = 1024 };

static _Thread_local struct {
	size_t len;
	char text[LINE_MAX_LENGTH];
} last_line;

static pthread_once_t opened = PTHREAD_ONCE_INIT;
static FILE *stream;

/* Lines arrive one by one. Those that are not about a question ("SERVFAIL <name type class>: why") are noise. */
static ssize_t take_line(void *cookie, const char *bytes, size_t size)
{
	struct dc_slice rest = {bytes, size};
	while (rest.len) {
		struct dc_slice line = dc_slice_cut(&rest, '\n');
		const char *start = memmem(line.ptr, line.len, "SERVFAIL <", 10);
		if (!start)
			continue;
		line = dc_slice_sub(line, (size_t)(start - line.ptr) + 10, LINE_MAX_LENGTH);
		memcpy(last_line.text, line.ptr, line.len);
		last_line.len = line.len;
	}
	return (ssize_t)size;
}

static void open_stream(void)
{
	stream = fopencookie(NULL, "w", (cookie_io_functions_t){.write = take_line});
	if (stream)
		(void)setvbuf(stream, NULL, _IOLBF, 4096);
}

void unbound_log_to_memory(struct ub_ctx *ctx)
{
	(void)pthread_once(&opened, open_stream);
	if (stream)
		(void)ub_ctx_debugout(ctx, stream);
}

void unbound_log_forget(void)
{
	last_line.len = 0;
}

static bool has(struct dc_slice text, const char *part)
{
	return memmem(text.ptr, text.len, part, strlen(part)) != NULL;
}

/* "name. TYPE IN>: why": is it about this name? */
static bool is_about(struct dc_slice line, const struct dc_question *question)
{
	struct dc_slice name = dc_slice_cut(&line, ' ');
	if (name.len > 1 && name.ptr[name.len - 1] == '.')
		name.len--;
	return dc_slice_eq_nocase(name, question->name);
}

enum dc_outcome unbound_log_outcome(const struct dc_question *question, struct dc_slice *ret_detail)
{
	static const struct {
		const char *part;
		enum dc_outcome outcome;
	} rows[] = {
		{"got REFUSED", DC_OUTCOME_REFUSED}, {"got NOTIMP", DC_OUTCOME_REFUSED}, {"got FORMERR", DC_OUTCOME_REFUSED},
		{"got SERVFAIL", DC_OUTCOME_SERVFAIL}, {"timeout", DC_OUTCOME_TIMEOUT}, {"timed out", DC_OUTCOME_TIMEOUT},
	};
	struct dc_slice line = {last_line.text, last_line.len};
	*ret_detail = (struct dc_slice){0};
	if (!line.len || !is_about(line, question))
		return DC_OUTCOME_SERVFAIL;
	size_t end = dc_slice_find(line, '>');
	if (end != SIZE_MAX)
		line = dc_slice_sub(line, end + 1, SIZE_MAX);
	if (line.len && line.ptr[0] == ':')
		line = dc_slice_sub(line, 1, SIZE_MAX);
	*ret_detail = dc_slice_trim(line);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (has(line, rows[i].part))
			return rows[i].outcome;
	return DC_OUTCOME_SERVFAIL;
}

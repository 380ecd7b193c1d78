/* The writer: lines in memory, equal answers once. */
#include <stdlib.h>

#include "base/civil.h"
#include "evidence/recording_line.h"

/* A line in the buffer. */
struct place {
	uint64_t hash;
	size_t start, len; /* len 0: free */
};

struct dc_recording_writer {
	struct dc_buf out, line;
	struct place *places; /* open addressing */
	size_t count, capacity;
	bool long_line;
};

struct dc_recording_writer *dc_recording_writer_new(void)
{
	struct dc_recording_writer *writer = calloc(1, sizeof *writer);
	if (!writer)
		return NULL;
	dc_buf_init(&writer->out, DC_RECORDING_FILE_MAX);
	dc_buf_init(&writer->line, DC_RECORDING_LINE_MAX);
	dc_buf_puts(&writer->out, "domaincheck-recording 1\n");
	return writer;
}

void dc_recording_writer_free(struct dc_recording_writer *writer)
{
	if (!writer)
		return;
	dc_buf_free(&writer->out);
	dc_buf_free(&writer->line);
	free(writer->places);
	free(writer);
}

void dc_recording_put_clock(struct dc_recording_writer *writer, int64_t seconds)
{
	char stamp[DC_CIVIL_STAMP_LEN + 1];
	dc_buf_printf(&writer->out, "clock %s\n", dc_civil_stamp(seconds, stamp));
}

void dc_recording_put_end(struct dc_recording_writer *writer, int64_t seconds)
{
	char stamp[DC_CIVIL_STAMP_LEN + 1];
	dc_buf_printf(&writer->out, "ended %s\n", dc_civil_stamp(seconds, stamp));
}

void dc_recording_put_option(struct dc_recording_writer *writer, const char *name, struct dc_slice value)
{
	dc_buf_printf(&writer->out, "option %s ", name);
	dc_recording_put_word(&writer->out, value);
	dc_buf_putc(&writer->out, '\n');
}

static uint64_t hash_of(struct dc_slice s)
{
	uint64_t hash = 0xcbf29ce484222325u;
	for (size_t i = 0; i < s.len; i++)
		hash = (hash ^ (uint8_t)s.ptr[i]) * 0x100000001b3u;
	return hash ^ hash >> 32;
}

/* Where the line stands or could stand. */
static struct place *find(struct dc_recording_writer *writer, uint64_t hash, struct dc_slice line)
{
	size_t at = hash & (writer->capacity - 1);
	for (;; at = (at + 1) & (writer->capacity - 1)) {
		struct place *place = &writer->places[at];
		if (!place->len || (place->hash == hash && dc_slice_eq(line, dc_slice_sub(dc_buf_slice(&writer->out), place->start,
											  place->len))))
			return place;
	}
}

static bool make_room(struct dc_recording_writer *writer)
{
	struct place *old = writer->places;
	size_t old_capacity = writer->capacity;
	if (2 * (writer->count + 1) <= old_capacity)
		return true;
	writer->places = calloc(old_capacity ? 2 * old_capacity : 256, sizeof *old);
	if (!writer->places) {
		writer->places = old;
		return false;
	}
	writer->capacity = old_capacity ? 2 * old_capacity : 256;
	for (size_t i = 0; i < old_capacity; i++) {
		size_t at = old[i].hash & (writer->capacity - 1);
		if (!old[i].len)
			continue;
		while (writer->places[at].len)
			at = (at + 1) & (writer->capacity - 1);
		writer->places[at] = old[i];
	}
	free(old);
	return true;
}

void dc_recording_put_answer(struct dc_recording_writer *writer, const struct dc_answer *answer)
{
	dc_buf_reset(&writer->line);
	dc_recording_put_line(&writer->line, answer);
	if (writer->line.status != DC_OK || !make_room(writer)) {
		writer->long_line |= writer->line.status != DC_OK;
		writer->out.status = DC_ERR_NOMEM;
		return;
	}
	struct dc_slice line = dc_buf_slice(&writer->line);
	uint64_t hash = hash_of(line);
	struct place *place = find(writer, hash, line);
	if (place->len)
		return;
	size_t start = writer->out.len;
	dc_buf_put_slice(&writer->out, line);
	if (writer->out.status != DC_OK)
		return;
	*place = (struct place){hash, start, line.len};
	writer->count++;
}

void dc_recording_put_audit(struct dc_recording_writer *writer, const struct dc_recorded_audit *audit)
{
	dc_buf_puts(&writer->out, "audit ");
	dc_recording_put_word(&writer->out, audit->domain);
	dc_buf_printf(&writer->out, " elapsed_ms=%llu rounds=%llu questions=%llu\n", (unsigned long long)audit->elapsed_ms,
		      (unsigned long long)audit->rounds, (unsigned long long)audit->questions);
}

enum dc_status dc_recording_text(const struct dc_recording_writer *writer, struct dc_slice *ret_text, struct dc_error *err)
{
	if (writer->long_line)
		return dc_error_set(err, DC_ERR_NOMEM, "an answer is too long for a line of the recording");
	if (writer->out.status != DC_OK)
		return dc_error_set(err, DC_ERR_NOMEM, "the recording does not fit into memory, or into %d octets",
				    DC_RECORDING_FILE_MAX);
	*ret_text = dc_buf_slice(&writer->out);
	return DC_OK;
}

/* Zone files and recordings when memory fails: the n-th allocation, for every n, leaves an error or a whole result, never
 * less; leaks are for the sanitizers to see. The linker puts our functions in the place of malloc and its kin (ldns has its
 * own and does not fail here). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "source/file.h"
#include "source/recording.h"
#include "source/zonefile.h"

/* NOLINTBEGIN(bugprone-reserved-identifier): the linker's names for --wrap */
void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);
/* NOLINTEND(bugprone-reserved-identifier) */

static long left = -1; /* allocations that still succeed; negative: all */
static bool failed, once; /* once: only this one fails, else all from it on */

static bool fails(void)
{
	if (left < 0)
		return false;
	bool fault = left == 0;
	failed |= fault;
	left -= !fault || once;
	return fault;
}
void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}
void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}
void *__wrap_realloc(void *old, size_t size)
{
	return fails() ? NULL : __real_realloc(old, size);
}

static const char zone_text[] = "$TTL 60\n$ORIGIN z.example.\n@ SOA a b 1 2 3 4 5\n@ MX 10 mail\nmail A 192.0.2.1\nc CNAME mail\n"
				"d DNAME e.example.\n*.w TXT (\"a\"\n \"b\")\nout CNAME mail.live.example.\n";
static const char below_text[] = "$ORIGIN live.example.\n@ 60 SOA a b 1 2 3 4 5\nmail 60 A 192.0.2.2\nin 60 CNAME c.z.example.\n";
static const char *const names[] = {"z.example", "c.z.example", "x.w.z.example", "x.d.z.example", "out.z.example", "in.live.example"};

static char zone_path[] = "/tmp/dc-faults-zone-XXXXXX", below_path[] = "/tmp/dc-faults-below-XXXXXX",
	    recording_path[] = "/tmp/dc-faults-recording-XXXXXX";

static void keep(struct dc_fetch *fetch, struct dc_answer *answer)
{
	*(struct dc_answer **)fetch->user = answer;
}

static void ask_all(struct dc_source *source, struct dc_recording_writer *writer)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct dc_answer *answer = NULL;
		struct dc_fetch fetch = {.question = {DC_ASK_DNS, DC_TYPE_A, dc_slice_of(names[i]), {0}}, .done = keep, .user = &answer};
		source->ops->submit(source, &fetch);
		assert_non_null(answer); /* always one */
		if (writer)
			dc_recording_put_answer(writer, answer);
		dc_answer_unref(answer);
	}
}

/* True when all went well. */
static bool zones_to_recording(void)
{
	const char *path = zone_path, *other = below_path;
	struct dc_error err = {0};
	bool fine = false;
	struct dc_source *source = NULL, *below = dc_zonefile_new(&other, 1, NULL, &err);
	struct dc_recording_writer *writer = dc_recording_writer_new();
	if (below)
		source = dc_zonefile_new(&path, 1, below, &err);
	if (source && writer) {
		ask_all(source, writer);
		dc_recording_put_clock(writer, 0);
		dc_recording_put_option(writer, "helo", DC_S("mx example"));
		dc_recording_put_audit(writer, &(struct dc_recorded_audit){DC_S("z.example"), 1, 2, 3});
		fine = dc_recording_finish(writer, recording_path, &err) == DC_OK;
	}
	if (!fine && writer && err.message[0] == 0)
		fail_msg("failed without a word");
	dc_recording_writer_free(writer);
	if (below)
		below->ops->free(below);
	if (source)
		source->ops->free(source);
	return fine;
}

static bool recording_to_answers(void)
{
	struct dc_error err = {0};
	struct dc_recording *recording = NULL;
	if (dc_recording_read(recording_path, &recording, &err) != DC_OK) {
		assert_true(err.message[0] != 0 && recording == NULL);
		return false;
	}
	struct dc_source *source = dc_recording_source_new(recording, &err);
	if (source) {
		ask_all(source, NULL);
		source->ops->free(source);
	}
	dc_recording_free(recording);
	return source != NULL;
}

static void every_allocation(bool (*job)(void))
{
	long n = 0;
	do {
		once = !once;
		left = once ? n : n++;
		failed = false;
		bool fine = job();
		left = -1;
		assert_true(fine || failed);
	} while (failed || once);
	print_message("%ld allocations\n", n - 1);
	assert_true(n > 20);
}

static void zones(void **state)
{
	every_allocation(zones_to_recording);
}

static void recordings(void **state)
{
	assert_true(zones_to_recording());
	every_allocation(recording_to_answers);
}

static int make_files(void **state)
{
	struct dc_error err;
	(void)close(mkstemp(zone_path));
	(void)close(mkstemp(below_path));
	(void)close(mkstemp(recording_path));
	return dc_file_write(zone_path, DC_S(zone_text), &err) == DC_OK && dc_file_write(below_path, DC_S(below_text), &err) == DC_OK
		       ? 0
		       : -1;
}

static int drop_files(void **state)
{
	(void)unlink(zone_path);
	(void)unlink(below_path);
	(void)unlink(recording_path);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(zones), cmocka_unit_test(recordings)};
	return cmocka_run_group_tests(tests, make_files, drop_files);
}

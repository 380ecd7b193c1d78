/* Files of --input, as the command line reads them, at rest and out of a pipe: every line is a name that is taken, is refused
 * with the file and the number of the line, or holds no name; in the order of the files, and nothing is lost. The input is up
 * to three files with a form feed between; so that lines can be long, \v stands for many blanks and \x0e for many letters. */
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "cli/cli.h"
#include "dns/name.h"
#include "fuzz.h"

enum { FILES = 3, LINE_MAX_OCTETS = 4096, TEXT_MAX = 1 << 20, BLANKS = 4000, LETTERS = 61000, PATH = 40 };

/* What was told, and what is to be told: "+DOMAIN", or "-FILE:LINE", a line each. */
static struct dc_buf told;

void complain(const char *format, ...)
{
	char line[2048];
	va_list args;
	va_start(args, format);
	int len = vsnprintf(line, sizeof line, format, args);
	va_end(args);
	FUZZ_CHECK(len > 0 && (size_t)len < sizeof line);
	for (int i = 0; i < len; i++)
		FUZZ_CHECK(line[i] >= ' ' && line[i] <= '~');
	char *why = strstr(line, ": ");
	FUZZ_CHECK(why && why[2]);
	dc_buf_printf(&told, "-%.*s\n", (int)(why - line), line);
}

static void take(const char *domain, const char *typed)
{
	char again[DC_DOMAIN_TEXT_MAX];
	struct dc_arena *arena = dc_arena_new(1 << 16);
	if (arena && !DC_ARENA_GUARD(arena)) {
		struct dc_slice name;
		FUZZ_CHECK(dc_name_normalize(arena, dc_slice_of(domain), &name) && dc_slice_eq(name, dc_slice_of(domain)));
		FUZZ_CHECK(dc_name_labels(name) >= 2);
	}
	dc_arena_free(arena);
	FUZZ_CHECK(dc_domain_parse(typed, again, NULL) == DC_OK && strcmp(domain, again) == 0);
	dc_buf_printf(&told, "+%s\n", domain);
}

/* ---- what must come of it ---- */

static struct dc_slice trimmed(struct dc_slice s)
{
	while (s.len && strchr(" \t\r", s.ptr[s.len - 1]))
		s.len--;
	while (s.len && (*s.ptr == ' ' || *s.ptr == '\t'))
		s = dc_slice_sub(s, 1, SIZE_MAX);
	return s;
}

/* The name on a line, if there is one; NULs and what is too long are none that could be read. */
static bool name_of(struct dc_slice line, char room[LINE_MAX_OCTETS], bool *ret_readable)
{
	struct dc_slice head = dc_slice_sub(line, 0, LINE_MAX_OCTETS);
	size_t comment = dc_slice_find(head, '#');
	bool cut = line.len > LINE_MAX_OCTETS && comment == SIZE_MAX;
	*ret_readable = !cut && dc_slice_find(head, '\0') == SIZE_MAX;
	head = trimmed(dc_slice_sub(head, 0, comment));
	if (!*ret_readable || !head.len)
		return !*ret_readable;
	*ret_readable = head.len < LINE_MAX_OCTETS;
	memcpy(room, head.ptr, *ret_readable ? head.len : 0);
	room[*ret_readable ? head.len : 0] = 0;
	return true;
}

static void expect(struct dc_buf *out, struct dc_slice text, const char *shown)
{
	char room[LINE_MAX_OCTETS], domain[DC_DOMAIN_TEXT_MAX];
	unsigned long number = 0;
	bool readable;
	if (dc_slice_starts(text, DC_S("\xef\xbb\xbf")))
		text = dc_slice_sub(text, 3, SIZE_MAX);
	while (text.len) {
		struct dc_slice line = dc_slice_cut(&text, '\n');
		number++;
		if (!name_of(line, room, &readable))
			continue;
		if (readable && dc_domain_parse(room, domain, NULL) == DC_OK)
			dc_buf_printf(out, "+%s\n", domain);
		else
			dc_buf_printf(out, "-%s:%lu\n", shown, number);
	}
}

static size_t count_of(struct dc_slice lines, const char *kinds)
{
	size_t count = 0;
	while (lines.len) {
		struct dc_slice line = dc_slice_cut(&lines, '\n');
		count += strchr(kinds, line.ptr[0]) != NULL;
	}
	return count;
}

/* ---- files at rest ---- */

static void read_files(const char *const *paths, size_t count, struct dc_slice expected)
{
	static char good[] = "first.example", bad[] = "second", dash[] = "-";
	char *arguments[] = {good, dash, bad};
	char domain[DC_DOMAIN_TEXT_MAX];
	const char *typed;
	struct names names;
	struct dc_slice files = expected;
	(void)dc_slice_cut(&files, '\n');
	(void)dc_slice_cut(&files, '\n');
	names_init(&names, NULL, arguments, 3, paths, count);
	names.refused_told = ULONG_MAX;
	FUZZ_CHECK(names_count(&names) == count_of(expected, "+-"));
	dc_buf_reset(&told);
	while (names_next(&names, domain, &typed)) {
		FUZZ_CHECK(domain[0]);
		take(domain, typed);
	}
	FUZZ_CHECK(dc_slice_eq(dc_buf_slice(&told), expected));
	FUZZ_CHECK(names.good == count_of(expected, "+") && names.status == EXIT_USAGE);
	names_close(&names);
	/* broken off after some, as by a signal: the rest is counted, and nothing is said of it */
	names_init(&names, NULL, NULL, 0, paths, count);
	names.refused_told = ULONG_MAX;
	dc_buf_reset(&told);
	for (size_t left = count_of(files, "+") / 2; left && names_next(&names, domain, &typed); left--)
		take(domain, typed);
	bool more = false;
	size_t before = names.good, said = count_of(dc_buf_slice(&told), "+-"), rest = names_rest(&names, NULL, &more);
	FUZZ_CHECK(before + rest == count_of(files, "+") && !more && said == count_of(dc_buf_slice(&told), "+-"));
	names_close(&names);
}

/* ---- a pipe ---- */

/* What has come so far; false: that was all. */
static bool drain(struct names *names)
{
	char domain[DC_DOMAIN_TEXT_MAX];
	const char *typed;
	while (names_next(names, domain, &typed)) {
		if (!domain[0])
			return true;
		take(domain, typed);
	}
	return false;
}

static void read_pipe(struct dc_slice text, uint32_t dice)
{
	char path[PATH];
	const char *const paths[] = {path};
	struct names names, late;
	struct dc_buf expected;
	bool more = false;
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) != 0)
		return;
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
	dc_buf_init(&expected, TEXT_MAX);
	expect(&expected, text, path);
	names_init(&names, NULL, NULL, 0, paths, 1);
	names.refused_told = ULONG_MAX;
	FUZZ_CHECK(names_count(&names) == 0);
	dc_buf_reset(&told);
	while (text.len) {
		dice = dice * 1664525 + 1013904223;
		struct dc_slice piece = dc_slice_sub(text, 0, 1 + (dice >> 16) % (dice & 256 ? 20 : 9000));
		FUZZ_CHECK(write(ends[1], piece.ptr, piece.len) == (ssize_t)piece.len);
		FUZZ_CHECK(drain(&names));
		text = dc_slice_sub(text, piece.len, SIZE_MAX);
	}
	FUZZ_CHECK(drain(&names));
	names_init(&late, NULL, NULL, 0, paths, 1); /* nothing is there any more, but more could come */
	FUZZ_CHECK(names_rest(&late, NULL, &more) == 0 && more);
	names_close(&late);
	(void)close(ends[1]);
	FUZZ_CHECK(!drain(&names));
	FUZZ_CHECK(dc_slice_eq(dc_buf_slice(&told), dc_buf_slice(&expected)));
	names_close(&names);
	(void)close(ends[0]);
	dc_buf_free(&expected);
}

/* ---- the input ---- */

static void put_many(struct dc_buf *out, char c, size_t count)
{
	while (count--)
		dc_buf_putc(out, c);
}

static void spell_out(struct dc_buf *out, struct dc_slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] == '\v')
			put_many(out, ' ', BLANKS);
		else if (text.ptr[i] == '\x0e')
			put_many(out, 'x', LETTERS);
		else
			dc_buf_putc(out, text.ptr[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dc_slice rest = {(const char *)data, size};
	struct dc_buf texts[FILES], expected;
	char paths[FILES][PATH];
	const char *shown[FILES];
	int fds[FILES];
	size_t count = 0;
	bool whole = true;
	dc_buf_init(&told, 8 * TEXT_MAX);
	dc_buf_init(&expected, 8 * TEXT_MAX);
	dc_buf_puts(&expected, "+first.example\n-\"second\" is a single label\n");
	for (; count < FILES && (count == 0 || rest.len); count++) {
		struct dc_slice part = count + 1 < FILES ? dc_slice_cut(&rest, '\f') : rest;
		dc_buf_init(&texts[count], TEXT_MAX);
		spell_out(&texts[count], part);
		fds[count] = memfd_create("fuzz", MFD_CLOEXEC);
		whole &= texts[count].status == DC_OK && fds[count] >= 0 &&
			 write(fds[count], texts[count].ptr, texts[count].len) == (ssize_t)texts[count].len;
		(void)snprintf(paths[count], PATH, "/proc/self/fd/%d", fds[count]);
		shown[count] = paths[count];
		expect(&expected, dc_buf_slice(&texts[count]), shown[count]);
	}
	if (whole) {
		read_files(shown, count, dc_buf_slice(&expected));
		read_pipe(dc_buf_slice(&texts[0]), (uint32_t)size);
	}
	for (size_t i = 0; i < count; i++) {
		dc_buf_free(&texts[i]);
		if (fds[i] >= 0)
			(void)close(fds[i]);
	}
	dc_buf_free(&expected);
	dc_buf_free(&told);
	return 0;
}

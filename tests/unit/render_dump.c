/* Prints a report of hand-made results: for test_render.py.
 *
 * usage: render_dump FORMAT STYLE SAMPLE...          one report of all samples
 *        render_dump FORMAT STYLE each SAMPLE...     a report of each, with the healthy one; before it a line with its octets
 * STYLE: letters: u UTF-8, c colour, v verbose, q quiet, f a row a finding; then the width. SAMPLE: broken, healthy,
 * unknown, holeN, broken*N (that many times), none, the hexadecimal octets of a hostile text, or @FILE that holds them. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include "render_sample.h"

static struct dc_slice unhex(struct dc_arena *arena, const char *hex)
{
	size_t len = strlen(hex) / 2;
	char *out = dc_arena_alloc(arena, len + 1);

	for (size_t i = 0; i < len; i++) {
		char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};

		out[i] = (char)strtol(pair, NULL, 16);
	}
	return (struct dc_slice){out, len};
}

static const char *read_file(struct dc_arena *arena, const char *path)
{
	enum { LARGEST = 1 << 20 };
	char *text = dc_arena_alloc(arena, LARGEST);
	FILE *file = fopen(path, "r");

	if (file && fread(text, 1, LARGEST - 1, file) > 0 && fclose(file) == 0)
		return text;
	exit(2);
}

static struct dc_audit_result *sample(struct dc_arena *arena, const char *name)
{
	if (strcmp(name, "broken") == 0)
		return sample_broken(arena);
	if (strcmp(name, "healthy") == 0)
		return sample_healthy(arena);
	if (strcmp(name, "unknown") == 0)
		return sample_unknown(arena);
	if (strncmp(name, "hole", 4) == 0) {
		struct dc_audit_result *hole;

		if (!sample_hole(arena, strtoul(name + 4, NULL, 10), &hole))
			exit(3);
		return hole;
	}
	if (name[0] == '@')
		name = read_file(arena, name + 1);
	return sample_hostile(arena, unhex(arena, name));
}

static struct dc_style read_style(const char *letters)
{
	return (struct dc_style){
		.utf8 = strchr(letters, 'u'),
		.color = strchr(letters, 'c'),
		.verbose = strchr(letters, 'v'),
		.quiet = strchr(letters, 'q'),
		.per_finding = strchr(letters, 'f'),
		.width = (unsigned)strtoul(letters + strspn(letters, "ucvqf"), NULL, 10),
	};
}

/* Prints the report of these samples. False when it could not be written. */
static bool print(struct dc_arena *arena, const char *format, const struct dc_style *style, const char *const *names,
		  size_t count, bool with_length)
{
	enum { SAMPLES_MAX = 50000 };
	size_t times = count == 1 && strncmp(names[0], "broken*", 7) == 0 ? strtoul(names[0] + 7, NULL, 10) : 1;
	struct dc_audit_result **results = DC_NEW_ARRAY(arena, struct dc_audit_result *, count * times + 1);
	struct dc_slice out;

	if (count * times > SAMPLES_MAX)
		return false;
	if (count == 1 && strcmp(names[0], "none") == 0)
		count = 0;
	for (size_t i = 0; i < count; i++)
		results[i] = sample(arena, times > 1 ? "broken" : names[i]);
	for (size_t i = count; i < count * times; i++)
		results[i] = results[0];
	count *= times;
	out = sample_render(arena, format, style, results, count);
	if (with_length)
		printf("%zu\n", out.len);
	return fwrite(out.ptr ? out.ptr : "", 1, out.len, stdout) == out.len;
}

int main(int argc, char **argv)
{
	struct dc_arena *arena = dc_arena_new(512 << 20);
	const char *const *names = (const char *const *)argv + 3;
	struct dc_style style;
	bool fine = true;

	if (!arena || argc < 4 || DC_ARENA_GUARD(arena))
		return 2;
	style = read_style(argv[2]);
	if (strcmp(names[0], "each") != 0)
		fine = print(arena, argv[1], &style, names, (size_t)argc - 3, false);
	for (int i = 4; strcmp(names[0], "each") == 0 && i < argc; i++) {
		const char *const pair[] = {argv[i], "healthy"};

		fine = print(arena, argv[1], &style, pair, 2, true) && fine;
		dc_arena_reset(arena);
	}
	fine = fflush(stdout) == 0 && fine;
	dc_arena_free(arena);
	return fine ? 0 : 1;
}

/* Prints a report of hand-made results: for test_render.py.
 *
 * usage: render_dump FORMAT STYLE SAMPLE...
 * STYLE: letters: u UTF-8, c colour, v verbose, q quiet, f a row a finding; then the width. SAMPLE: broken, healthy,
 * unknown, holeN, the hexadecimal octets of a hostile text, or @FILE that holds them. */
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

int main(int argc, char **argv)
{
	enum { SAMPLES_MAX = 16 };
	struct dc_audit_result *results[SAMPLES_MAX];
	struct dc_arena *arena = dc_arena_new(512 << 20);
	struct dc_style style = {0};
	struct dc_slice out;
	bool fine;

	if (!arena || argc < 3 || argc - 3 > SAMPLES_MAX || DC_ARENA_GUARD(arena))
		return 2;
	style.utf8 = strchr(argv[2], 'u');
	style.color = strchr(argv[2], 'c');
	style.verbose = strchr(argv[2], 'v');
	style.quiet = strchr(argv[2], 'q');
	style.per_finding = strchr(argv[2], 'f');
	style.width = (unsigned)strtoul(argv[2] + strspn(argv[2], "ucvqf"), NULL, 10);
	for (int i = 3; i < argc; i++)
		results[i - 3] = sample(arena, argv[i]);
	out = sample_render(arena, argv[1], &style, results, (size_t)(argc - 3));
	fine = fwrite(out.ptr, 1, out.len, stdout) == out.len && fflush(stdout) == 0;
	dc_arena_free(arena);
	return fine ? 0 : 1;
}

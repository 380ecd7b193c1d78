/* main() for fuzzers without libFuzzer: runs every file of the given folders, then mutated copies of them.
 * usage: fuzz_WHAT [--rounds N] [--seed N] [--keep FILE] FILE-OR-FOLDER...
 * The mutations are the same each time for the same seed. --keep writes each input to FILE before it is run, so that the
 * one that crashed is there afterwards. */
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"

enum { INPUT_MAX = 256 * 1024, INPUTS_MAX = 20000 };

struct input {
	uint8_t *bytes;
	size_t len;
};

struct runner {
	struct input inputs[INPUTS_MAX];
	size_t count;
	uint64_t random;
	const char *keep;
};

static void *must(void *memory)
{
	if (!memory) {
		(void)fprintf(stderr, "runner: no memory\n");
		exit(2);
	}
	return memory;
}

static void run(const struct runner *runner, const uint8_t *bytes, size_t len)
{
	if (runner->keep) {
		FILE *file = fopen(runner->keep, "wb");
		if (!file || fwrite(bytes, 1, len, file) != len || fclose(file) != 0) {
			(void)fprintf(stderr, "runner: %s cannot be written\n", runner->keep);
			exit(2);
		}
	}
	/* A copy of exactly this size: sanitizers and valgrind then see a read beyond it. */
	uint8_t *copy = must(malloc(len ? len : 1));
	memcpy(copy, bytes, len);
	(void)LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

static void add_file(struct runner *runner, const char *path)
{
	FILE *file = fopen(path, "rb");
	if (!file) {
		perror(path);
		exit(2);
	}
	struct input *input = &runner->inputs[runner->count];
	input->bytes = must(malloc(INPUT_MAX));
	input->len = fread(input->bytes, 1, INPUT_MAX, file);
	(void)fclose(file);
	input->bytes = must(realloc(input->bytes, input->len ? input->len : 1));
	runner->count++;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* NOLINTNEXTLINE(misc-no-recursion): folders of our own */
static void add(struct runner *runner, const char *path)
{
	struct stat st;
	struct dirent **entries;
	if (stat(path, &st) != 0)
		return; /* no crash was ever found: the folder is not there */
	if (!S_ISDIR(st.st_mode)) {
		if (runner->count < INPUTS_MAX)
			add_file(runner, path);
		return;
	}
	int n = scandir(path, &entries, NULL, by_name);
	for (int i = 0; i < n; i++) {
		char below[4096];
		if (entries[i]->d_name[0] != '.' &&
		    snprintf(below, sizeof below, "%s/%s", path, entries[i]->d_name) < (int)sizeof below)
			add(runner, below);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

/* ---- mutations ---- */

static size_t pick(struct runner *runner, size_t below)
{
	runner->random ^= runner->random << 13;
	runner->random ^= runner->random >> 7;
	runner->random ^= runner->random << 17;
	return below ? runner->random % below : 0;
}

static size_t insert(uint8_t *bytes, size_t len, size_t at, const uint8_t *part, size_t part_len)
{
	if (part_len > INPUT_MAX - len)
		part_len = INPUT_MAX - len;
	memmove(bytes + at + part_len, bytes + at, len - at);
	memmove(bytes + at, part, part_len);
	return len + part_len;
}

static size_t mutate_plain(struct runner *runner, uint8_t *bytes, size_t len)
{
	static const uint8_t odd[] = {0, 0xff, 0x7f, 0x80, '\n', '\\', '"', '%', '.', ';', '=', ' ', '0', '9', '-', '('};
	uint8_t piece[64];
	size_t at = pick(runner, len + 1), n = pick(runner, sizeof piece);
	switch (pick(runner, 6)) {
	case 0:
		if (at < len)
			bytes[at] ^= (uint8_t)(1u << pick(runner, 8));
		return len;
	case 1:
		if (at < len)
			bytes[at] = odd[pick(runner, sizeof odd)];
		return len;
	case 2: /* a piece goes */
		n = n < len - at ? n : len - at;
		memmove(bytes + at, bytes + at + n, len - at - n);
		return len - n;
	case 3: /* a piece is said again */
		n = n < len - at ? n : len - at;
		memcpy(piece, bytes + at, n);
		return insert(bytes, len, pick(runner, len + 1), piece, n);
	case 4:
		memset(piece, odd[pick(runner, sizeof odd)], n);
		return insert(bytes, len, at, piece, n);
	default: { /* a piece of another input */
		const struct input *other = &runner->inputs[pick(runner, runner->count)];
		size_t from = pick(runner, other->len + 1);
		n = n < other->len - from ? n : other->len - from;
		return insert(bytes, len, at, other->bytes + from, n);
	}
	}
}

/* A fuzzer's own way, when it has one, or the plain one. */
static size_t mutate(struct runner *runner, uint8_t *bytes, size_t len)
{
	if (LLVMFuzzerCustomMutator && pick(runner, 4))
		return LLVMFuzzerCustomMutator(bytes, len, INPUT_MAX, (unsigned)pick(runner, UINT32_MAX));
	return mutate_plain(runner, bytes, len);
}

static struct runner *the_runner; /* libFuzzer's interface has no place for it */

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size)
{
	uint8_t *bytes = must(malloc(INPUT_MAX));
	memcpy(bytes, data, size);
	size_t len = mutate_plain(the_runner, bytes, size);
	len = len < max_size ? len : max_size;
	memcpy(data, bytes, len);
	free(bytes);
	return len;
}

int main(int argc, char **argv)
{
	struct runner *runner = the_runner = must(calloc(1, sizeof *runner));
	uint8_t *bytes = must(malloc(INPUT_MAX));
	unsigned long rounds = 0;
	runner->random = 0x9e3779b97f4a7c15u;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--rounds") == 0 && i + 1 < argc)
			rounds = strtoul(argv[++i], NULL, 10);
		else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
			runner->random ^= strtoul(argv[++i], NULL, 10) * 0xbf58476d1ce4e5b9u;
		else if (strcmp(argv[i], "--keep") == 0 && i + 1 < argc)
			runner->keep = argv[++i];
		else
			add(runner, argv[i]);
	}
	run(runner, bytes, 0);
	for (size_t i = 0; i < runner->count; i++)
		run(runner, runner->inputs[i].bytes, runner->inputs[i].len);
	for (unsigned long i = 0; runner->count && i < rounds; i++) {
		const struct input *from = &runner->inputs[pick(runner, runner->count)];
		size_t len = from->len;
		memcpy(bytes, from->bytes, len);
		for (size_t changes = 1 + pick(runner, 6); changes; changes--)
			len = mutate(runner, bytes, len);
		run(runner, bytes, len);
	}
	(void)printf("%zu inputs, %lu mutations\n", runner->count, rounds);
	for (size_t i = 0; i < runner->count; i++)
		free(runner->inputs[i].bytes);
	free(runner);
	free(bytes);
	return 0;
}

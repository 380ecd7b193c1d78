/* domaincheck merge FILE...: ndjson reports of several runs or machines into one report. Of a domain that is there several
 * times the last line counts. Lines are found again in their files: only their places are kept. */
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

struct line {
	char *domain;
	size_t file;
	long long at, len;
	size_t rank; /* in the order asked for */
	bool listed;
};

struct merge {
	void *tree; /* of struct line, by domain */
	void *missed; /* of names */
	struct line **lines;
	size_t count, room, listed, missing;
	FILE **files;
	bool unreadable; /* one of them */
	enum exit_status status;
};

static int by_domain(const void *a, const void *b)
{
	return strcmp(((const struct line *)a)->domain, ((const struct line *)b)->domain);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static int by_rank(const void *a, const void *b)
{
	const struct line *x = *(struct line *const *)a, *y = *(struct line *const *)b;
	if (x->listed != y->listed)
		return x->listed ? -1 : 1;
	return x->rank < y->rank ? -1 : x->rank > y->rank;
}

/* The entry of a domain, new or known; NULL: no memory. */
static struct line *line_of(struct merge *merge, const char *domain)
{
	struct line key = {.domain = (char *)domain}, **found = tfind(&key, &merge->tree, by_domain);
	if (found)
		return *found;
	if (merge->count == merge->room) {
		size_t larger = merge->room ? merge->room * 2 : 256;
		struct line **lines = realloc(merge->lines, larger * sizeof *lines);
		if (!lines)
			return NULL;
		merge->lines = lines;
		merge->room = larger;
	}
	struct line *line = calloc(1, sizeof *line);
	if (!line || !(line->domain = strdup(domain)) || !tsearch(line, &merge->tree, by_domain)) {
		free(line ? line->domain : NULL);
		free(line);
		return NULL;
	}
	line->rank = merge->count;
	merge->lines[merge->count++] = line;
	return line;
}

static bool read_file(struct merge *merge, const char *path, size_t number)
{
	size_t bad = 0;
	char *text = NULL, domain[DC_DOMAIN_TEXT_MAX];
	size_t room = 0;
	unsigned long line_number = 0;
	long long at = 0;
	ssize_t len;
	bool good = true;
	errno = 0;
	merge->files[number] = fopen(path, "re");
	/* NOLINTNEXTLINE(analyzer-file-leak,analyzer-malloc-leak): kept in merge->files */
	while (merge->files[number] && good && (len = getline(&text, &room, merge->files[number])) > 0) {
		bool whole = text[len - 1] == '\n';
		size_t octets = (size_t)len - whole;
		line_number++;
		text[octets] = 0;
		enum dc_status known = octets ? domain_of_line(text, octets, domain) : DC_OK;
		if (known == DC_ERR_NOMEM) {
			good = false;
		} else if (known != DC_OK) {
			if (bad++ < BAD_LINES_TOLD)
				complain("%s:%lu: %s", path, line_number,
					 whole ? "no line of an ndjson report: write one with -f ndjson" : "cut off: left out");
			merge->status = worse(merge->status, EXIT_USAGE);
		} else if (octets) {
			struct line *line = line_of(merge, domain);
			good = line != NULL;
			if (line) {
				line->file = number;
				line->at = at;
				line->len = (long long)octets;
			}
		}
		at += len;
	}
	if (bad > BAD_LINES_TOLD)
		complain("%s: %zu more lines are none", path, bad - BAD_LINES_TOLD);
	/* getline says only by not being at the end that it had no memory */
	if (good && merge->files[number] && !feof(merge->files[number]) && !ferror(merge->files[number]))
		good = false;
	else if (!merge->files[number] || ferror(merge->files[number])) {
		merge->status = worse(merge->status, exit_of_errno(errno));
		merge->unreadable = true;
		complain("%s: %s", path, strerror(errno));
	}
	free(text);
	return good;
}

/* A name of the lists that no report has, counted once. */
static void miss(struct merge *merge, const char *domain)
{
	char *copy = strdup(domain), **found = copy ? tsearch(copy, &merge->missed, by_text) : NULL;
	merge->missing += !found || *found == copy;
	if (!found || *found != copy)
		free(copy);
}

/* Ranks by the lists of --input; what they do not name comes after. */
static void rank(struct merge *merge, const struct options *options)
{
	struct names names;
	char domain[DC_DOMAIN_TEXT_MAX];
	const char *typed;
	names_init(&names, NULL, NULL, 0, options->inputs, options->input_count);
	while (options->input_count && names_next(&names, domain, &typed)) {
		struct line key = {.domain = domain}, **found = domain[0] ? tfind(&key, &merge->tree, by_domain) : NULL;
		if (!domain[0])
			continue;
		if (!found)
			miss(merge, domain);
		if (found && !(*found)->listed) {
			(*found)->listed = true;
			(*found)->rank = merge->listed++;
		}
	}
	merge->status = worse(merge->status, names.status);
	names_close(&names);
	if (merge->count)
		qsort(merge->lines, merge->count, sizeof *merge->lines, by_rank);
	if (merge->missing) {
		complain("%zu name%s of the list %s in no report; --resume with what there is audits the rest", merge->missing,
			 merge->missing == 1 ? "" : "s", merge->missing == 1 ? "is" : "are");
		merge->status = worse(merge->status, EXIT_INCOMPLETE);
	}
}

static bool write_all(struct merge *merge, struct dc_writer *writer, char **paths)
{
	char *text = NULL;
	bool good = true;
	for (size_t i = 0; good && i < merge->count; i++) {
		const struct line *line = merge->lines[i];
		FILE *file = merge->files[line->file];
		char *larger = realloc(text, (size_t)line->len + 1);
		enum dc_result_verdict verdict;
		struct dc_error err;
		good = larger != NULL;
		text = larger ? larger : text;
		if (!good || fseeko(file, line->at, SEEK_SET) != 0 || fread(text, 1, (size_t)line->len, file) != (size_t)line->len) {
			complain("%s: %s", paths[line->file], good ? "changed while it was read" : "out of memory");
			good = false;
			continue;
		}
		enum dc_status status = dc_writer_line(writer, text, (size_t)line->len, &verdict, &err);
		if (status == DC_ERR_INPUT) {
			complain("%s: %s: %s", paths[line->file], line->domain, err.message);
			merge->status = worse(merge->status, EXIT_USAGE);
		} else if (status != DC_OK) {
			complain("%s: %s", paths[line->file], err.message);
			good = false;
		} else {
			merge->status = worse(merge->status, verdict == DC_RESULT_FAIL	    ? EXIT_FINDINGS
						     : verdict == DC_RESULT_INCOMPLETE ? EXIT_INCOMPLETE
										       : EXIT_FINE);
		}
	}
	free(text);
	return good;
}

static enum exit_status merge_files(const struct options *options)
{
	struct merge merge = {.files = calloc((size_t)options->name_count + 1, sizeof(FILE *))};
	const char *format = options->outputs[0].format ? options->outputs[0].format : "json";
	struct dc_look look = look_for(options, !options->outputs[0].path);
	struct dc_writer *writer = NULL;
	struct sink sink;
	struct dc_error err;
	bool good = merge.files != NULL, report = false;
	for (int i = 0; good && i < options->name_count; i++)
		good = read_file(&merge, options->names[i], (size_t)i);
	if (!good)
		complain("out of memory");
	/* Of what is no report, or is not there, none is made. */
	report = good && !merge.unreadable && (merge.count || merge.status == EXIT_FINE);
	if (report)
		rank(&merge, options);
	if (report && (good = sink_open(&sink, options->outputs[0].path))) {
		enum dc_status status = dc_merger_new(format, &look, sink_write, &sink, &writer, &err);
		if (status != DC_OK) {
			complain("--format: %s", err.message);
			merge.status = exit_of(status);
		}
		good = writer && write_all(&merge, writer, options->names);
		if (writer && dc_writer_end(writer, &err) != DC_OK) {
			if (good)
				complain("%s", err.message);
			good = false;
		}
		good &= sink_close(&sink, good) || !writer;
	}
	if (!good)
		merge.status = worse(merge.status == EXIT_USAGE && !writer ? EXIT_USAGE : EXIT_FAULT, EXIT_FINE);
	for (size_t i = 0; i < merge.count; i++) {
		(void)tdelete(merge.lines[i], &merge.tree, by_domain);
		free(merge.lines[i]->domain);
		free(merge.lines[i]);
	}
	tdestroy(merge.missed, free);
	for (int i = 0; merge.files && i < options->name_count; i++)
		if (merge.files[i])
			(void)fclose(merge.files[i]);
	free(merge.files);
	free(merge.lines);
	return merge.status;
}

enum exit_status cmd_merge(int argc, char **argv)
{
	struct options options;
	enum exit_status status = options_parse(argc, argv, &options);
	if (status == EXIT_FINE && options.help) {
		options_help(&options, argv[0]);
	} else if (status == EXIT_FINE && (options.name_count == 0 || options.output_count > 1)) {
		complain("merge: give ndjson reports, and one --format and --output at most");
		status = EXIT_USAGE;
	} else if (status == EXIT_FINE) {
		status = merge_files(&options);
	}
	return options_end(&options, status);
}

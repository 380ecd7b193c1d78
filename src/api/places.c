/* Where the records of a run are written down: lines of its zone files, entries of its manifest. The files are read again,
 * when a report asks for the first time; what cannot be read then has no lines. */
#include "api/places.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "api/manifest.h"
#include "api/run.h"
#include "dns/zone.h"
#include "dns/zone_scan.h"
#include "source/file.h"

enum { START = 24 }; /* octets kept of a record: enough to tell SPF from what else is TXT */

struct line {
	struct dc_slice owner, start; /* start: of the rdata, as written */
	uint16_t type;
	uint32_t number, file;
	size_t order;
};

struct places {
	struct dc_places base;
	const struct dc_config *config;
	struct dc_arena *arena;
	struct line *lines; /* sorted by owner */
	size_t count, capacity;
	bool read;
	struct dc_buf octets; /* of the file at hand */
	struct dc_zone_scan scan;
};

static int by_owner(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int order = dc_slice_cmp(x->owner, y->owner);
	return order ? order : (x->order > y->order) - (x->order < y->order);
}

/* Into an arena that may be spent: then the lines so far have to do. */
static void take_entry(struct places *places, const struct dc_zone_entry *entry, uint32_t file)
{
	struct dc_slice start = dc_slice_sub(entry->rdata, 0, START);
	DC_PUSH(places->arena, places->lines, places->count, places->capacity) =
		(struct line){.owner = entry->owner, .start = dc_arena_dup(places->arena, start), .type = entry->type,
			      .number = entry->line < UINT32_MAX ? (uint32_t)entry->line : UINT32_MAX, .file = file,
			      .order = places->count};
}

static void take_file(struct places *places, uint32_t file)
{
	struct dc_zone_entry entry;
	bool more = true;
	const char *path = places->config->zones.texts[file];
	struct stat st;
	/* What a pipe held is gone, and its end may never come. */
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) || dc_file_read(path, &places->octets, NULL) != DC_OK)
		return;
	dc_zone_scan_init(&places->scan, places->arena, dc_buf_slice(&places->octets));
	while (places->count < DC_ZONE_RECORDS_MAX && dc_zone_scan_next(&places->scan, &entry, &more) == DC_OK && more)
		take_entry(places, &entry, file);
}

static void read_file(struct places *places, uint32_t file)
{
	dc_buf_init(&places->octets, DC_ZONE_FILE_MAX);
	places->scan = (struct dc_zone_scan){0};
	if (!DC_ARENA_GUARD(places->arena))
		take_file(places, file);
	dc_zone_scan_free(&places->scan);
	dc_buf_free(&places->octets);
}

static void read_files(struct places *places)
{
	places->read = true;
	for (uint32_t file = 0; file < places->config->zones.count; file++)
		read_file(places, file);
	if (places->count)
		qsort(places->lines, places->count, sizeof *places->lines, by_owner);
}

/* The first line of `owner`; places->count: none. */
static size_t first_of(const struct places *places, struct dc_slice owner)
{
	size_t low = 0, high = places->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (dc_slice_cmp(places->lines[middle].owner, owner) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < places->count && dc_slice_eq(places->lines[low].owner, owner) ? low : places->count;
}

/* The beginning of a record, as it is written when nothing in it needs escapes. */
static bool begins(struct dc_slice start, struct dc_slice record)
{
	enum { ENOUGH = 6 }; /* "v=spf1" */
	while (start.len && (start.ptr[0] == '"' || start.ptr[0] == ' ' || start.ptr[0] == '\t' || start.ptr[0] == '('))
		start = dc_slice_sub(start, 1, SIZE_MAX);
	return record.len >= ENOUGH && dc_slice_starts(start, dc_slice_sub(record, 0, ENOUGH));
}

/* The best line at `owner`: of `type` with the record in question before of `type` before any. NULL: none. */
static const struct line *best_of(const struct places *places, struct dc_slice owner, uint16_t type, struct dc_slice record,
				  bool any)
{
	const struct line *best = NULL;
	int best_rank = any ? -1 : 0;
	for (size_t i = first_of(places, owner); i < places->count && dc_slice_eq(places->lines[i].owner, owner); i++) {
		const struct line *line = &places->lines[i];
		int rank = line->type == type || line->type == DC_TYPE_CNAME ? begins(line->start, record) ? 2 : 1 : 0;
		if (rank > best_rank) {
			best = line;
			best_rank = rank;
		}
	}
	return best;
}

static const struct line *find_line(const struct places *places, struct dc_slice domain, const struct dc_finding *finding)
{
	const struct line *line = NULL;
	for (size_t i = 0; !line && i < finding->answer_count; i++) {
		const struct dc_question *question = &finding->answers[i]->question;
		/* The answer of the name above says that something is missing below it. */
		if (finding->span.record.len || dc_slice_eq(question->name, finding->subject))
			line = best_of(places, question->name, question->type, finding->span.record, false);
	}
	if (!line)
		line = best_of(places, finding->subject, DC_TYPE_TXT, finding->span.record, true);
	for (size_t i = 0; !line && i < finding->answer_count; i++)
		line = best_of(places, finding->answers[i]->question.name, finding->answers[i]->question.type,
			       (struct dc_slice){0}, false);
	return line ? line : best_of(places, domain, DC_TYPE_SOA, (struct dc_slice){0}, true);
}

/* Forges know a file by its path below the top folder. */
static struct dc_slice from_here(struct dc_slice path)
{
	while (dc_slice_starts(path, DC_S("./")) && path.len > 2)
		path = dc_slice_sub(path, 2, SIZE_MAX);
	return path;
}

static bool find(const struct dc_places *base, struct dc_slice domain, const struct dc_finding *finding, struct dc_slice *ret_path,
		 uint32_t *ret_line)
{
	struct places *places = (struct places *)base;
	const struct dc_config *config = places->config;
	const struct dc_manifest_domain *declared = config->manifest ? dc_manifest_find(config->manifest->parsed, domain) : NULL;
	if (!places->read)
		read_files(places);
	const struct line *line = find_line(places, domain, finding);
	if (line) {
		*ret_path = from_here(config->zones.items[line->file]);
		*ret_line = line->number;
	} else if (declared) {
		*ret_path = from_here(config->manifest->label);
		*ret_line = declared->place.line;
	}
	return line || declared;
}

struct dc_places *dc_places_new(const struct dc_config *config)
{
	struct places *places = config->zones.count || config->manifest ? calloc(1, sizeof *places) : NULL;
	if (!places)
		return NULL;
	*places = (struct places){.base = {.find = find}, .config = config, .arena = dc_arena_new(DC_ZONE_FILE_MAX)};
	if (!places->arena) {
		free(places);
		return NULL;
	}
	/* NOLINTNEXTLINE(analyzer-malloc-leak): returned as its first member */
	return &places->base;
}

void dc_places_free(struct dc_places *places)
{
	struct places *own = (struct places *)places;
	if (!own)
		return;
	dc_arena_free(own->arena);
	free(own);
}

/* Manifests: any octets give values or faults, each a clean line with its place; a manifest without faults can be searched. */
#include "base/escape.h"
#include "fuzz.h"
#include "manifest/manifest.h"

static void check_text(struct dc_slice text)
{
	for (size_t i = 0; i < text.len; i++)
		FUZZ_CHECK((unsigned char)text.ptr[i] >= ' ' && (unsigned char)text.ptr[i] < 0x7f);
	FUZZ_CHECK(text.len > 0 && text.ptr[text.len] == 0);
}

static void check_faults(const struct dc_faults *faults, struct dc_slice bytes)
{
	size_t lines = 1;
	for (size_t i = 0; i < bytes.len; i++)
		lines += bytes.ptr[i] == '\n' || bytes.ptr[i] == '\r';
	FUZZ_CHECK(faults->count <= DC_FAULTS_MAX && (faults->count == DC_FAULTS_MAX || faults->more == 0));
	for (size_t i = 0; i < faults->count; i++) {
		struct dc_place place = faults->items[i].place;
		check_text(faults->items[i].text);
		/* U+0085, U+2028 and U+2029 end lines for libyaml too. */
		FUZZ_CHECK(place.line >= 1 && place.line <= lines + bytes.len / 2 + 1);
		FUZZ_CHECK(place.column >= 1 && place.column <= bytes.len + 2);
		if (i)
			FUZZ_CHECK(faults->items[i - 1].place.line <= place.line);
	}
}

/* What names the file: nothing else is found, and what is near is in it. */
static void check_other_names(const struct dc_manifest *manifest)
{
	static const char *const names[] = {"a.exampel", "no.such.name.example", "a"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct dc_manifest_domain *near = dc_manifest_near(manifest, dc_slice_of(names[i]));
		const struct dc_manifest_domain *found = dc_manifest_find(manifest, dc_slice_of(names[i]));
		FUZZ_CHECK(!found || (found == near && dc_slice_eq(found->name, dc_slice_of(names[i]))));
		FUZZ_CHECK(!near || (near >= manifest->domains && near < manifest->domains + manifest->domain_count));
	}
}

static void check_manifest(const struct dc_manifest *manifest)
{
	check_other_names(manifest);
	FUZZ_CHECK(manifest->domain_count > 0 && manifest->domain_count <= DC_MANIFEST_DOMAINS_MAX);
	for (size_t i = 0; i < manifest->domain_count; i++) {
		const struct dc_manifest_domain *domain = &manifest->domains[i];
		const struct dc_declared *declared = &domain->declared;
		size_t levels = 0;
		FUZZ_CHECK(dc_manifest_find(manifest, domain->name) == domain);
		FUZZ_CHECK(i >= 100 || dc_manifest_near(manifest, domain->name) == domain);
		FUZZ_CHECK(declared->role < DC_ROLE_COUNT && declared->stream_count <= DC_MANIFEST_SENDERS_MAX);
		FUZZ_CHECK(declared->role == DC_ROLE_SENDING || declared->stream_count == 0);
		for (size_t k = 0; k < declared->stream_count; k++)
			FUZZ_CHECK(declared->streams[k].sending.selector_count <= DC_MANIFEST_LIST_MAX);
		for (const struct dc_manifest_decision *at = domain->decision; at; at = at->above) {
			FUZZ_CHECK(at->number < manifest->level_count && manifest->levels[at->number] == at);
			levels++;
		}
		FUZZ_CHECK(levels >= 2 && levels <= 3);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dc_arena *arena = dc_arena_new(DC_MANIFEST_MEMORY_MAX);
	const struct dc_manifest *manifest;
	struct dc_slice bytes = {(const char *)data, size};
	if (!arena || DC_ARENA_GUARD(arena)) {
		dc_arena_free(arena);
		return 0;
	}
	struct dc_faults *faults = DC_NEW(arena, struct dc_faults);
	faults->arena = arena;
	if (dc_manifest_parse(bytes, faults, &manifest)) {
		check_faults(faults, bytes);
		if (!faults->count)
			check_manifest(manifest);
	}
	dc_arena_free(arena);
	return 0;
}

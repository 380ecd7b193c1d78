/* Reports read back: whatever the file holds, it is a report or it is refused with one line; what was read has no change
 * against itself, and both ways of showing changes come to their end. The input is one report, or two with a line of "==="
 * between them. */
#include "diff/diff.h"
#include "fuzz.h"

static struct dc_diff_side *read_side(struct dc_slice text)
{
	struct dc_diff_side *side = NULL;
	struct dc_error err = {0};
	if (dc_diff_read(text, "fuzz", &side, &err) == DC_OK)
		return side;
	FUZZ_CHECK(strncmp(err.message, "fuzz", 4) == 0 || err.status == DC_ERR_NOMEM);
	FUZZ_CHECK(!memchr(err.message, '\n', strlen(err.message)));
	for (const char *c = err.message; *c; c++)
		FUZZ_CHECK(*c >= 0x20 && *c < 0x7f);
	return NULL;
}

static void compare(struct dc_arena *arena, struct dc_arena *scratch, const struct dc_diff_side *old,
		    const struct dc_diff_side *new)
{
	struct dc_style style = {.width = 80, .utf8 = true, .verbose = true};
	struct dc_buf out;
	if (DC_ARENA_GUARD(arena))
		return;
	const struct dc_diff *diff = dc_diff_compare(arena, old, new, DC_SEVERITY_ERROR);
	const struct dc_diff_summary *sum = &diff->summary;
	FUZZ_CHECK(sum->domains == sum->same + sum->changed + sum->only_old + sum->only_new);
	FUZZ_CHECK(diff->fails == (sum->new_failing > 0 || sum->requirements_broken > 0));
	if (old == new)
		FUZZ_CHECK(diff->domain_count == 0 && !diff->fails && !diff->incomplete && sum->same == old->domain_count);
	dc_buf_init(&out, 64 << 20);
	if (dc_diff_json(diff, scratch, &out) == DC_OK) {
		json_t *value = json_loadb(out.ptr, out.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
		FUZZ_CHECK(value != NULL);
		json_decref(value);
	}
	dc_buf_free(&out);
	dc_buf_init(&out, 64 << 20);
	if (dc_diff_text(diff, scratch, &style, &out) == DC_OK)
		for (size_t i = 0; i < out.len; i++)
			FUZZ_CHECK(out.ptr[i] == '\n' || ((unsigned char)out.ptr[i] >= 0x20 && out.ptr[i] != 0x7f));
	dc_buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char between[] = "\n===\n";
	struct dc_slice text = {(const char *)data, size}, second = {0};
	const char *cut = size ? memmem(data, size, between, sizeof between - 1) : NULL;
	if (cut) {
		size_t at = (size_t)(cut - (const char *)data);
		second = dc_slice_sub(text, at + sizeof between - 1, SIZE_MAX);
		text = dc_slice_sub(text, 0, at);
	}
	struct dc_diff_side *old = read_side(text), *new = cut ? read_side(second) : NULL;
	struct dc_arena *arena = dc_arena_new(256 << 20), *scratch = dc_arena_new(256 << 20);
	if (arena && scratch && old)
		compare(arena, scratch, old, old);
	if (arena && scratch && old && new)
		compare(arena, scratch, old, new);
	dc_arena_free(arena);
	dc_arena_free(scratch);
	dc_diff_side_free(old);
	dc_diff_side_free(new);
	return 0;
}

/* Facts out of any recording, of its lines those that can be read. The domain is that of the first answer. */
#include "dns/name.h"
#include "facts.h"
#include "fuzz.h"
#include "lines.h"
#include "mutate.h"

enum { INPUT_MAX = 64 << 10, TEXT_MAX = 1 << 20 };

static void judge(const struct dc_recording *recording)
{
	size_t count = dc_recording_count(recording);
	struct dc_answer **answers = calloc(count + 1, sizeof *answers);
	struct dc_slice domain = count ? dc_recording_at(recording, 0)->question.name : DC_S("example.com");

	for (size_t i = 0; answers && i < count; i++)
		answers[i] = dc_recording_at(recording, i);
	if (answers)
		judge_facts(dc_name_labels(domain) < 2 ? DC_S("example.com") : domain, answers, count);
	free(answers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dc_recording *recording;
	struct dc_buf lines;

	if (size > INPUT_MAX)
		return 0;
	dc_buf_init(&lines, TEXT_MAX);
	readable_lines((struct dc_slice){(const char *)data, size}, TEXT_MAX, &lines);
	FUZZ_CHECK(dc_recording_parse("fuzz", dc_buf_slice(&lines), &recording, NULL) == DC_OK);
	judge(recording);
	dc_recording_free(recording);
	dc_buf_free(&lines);
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	return fuzz_mutate_recording(data, size, max_size < INPUT_MAX ? max_size : INPUT_MAX, seed);
}

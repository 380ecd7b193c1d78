/* Recordings as files and as a source. */
#include "source/recording.h"

#include <stdlib.h>

#include "source/file.h"

enum dc_status dc_recording_read(const char *path, struct dc_recording **ret_recording, struct dc_error *err)
{
	struct dc_buf bytes;
	dc_buf_init(&bytes, DC_RECORDING_FILE_MAX);
	enum dc_status status = dc_file_read(path, &bytes, err);
	if (status == DC_OK)
		status = dc_recording_parse(path, dc_buf_slice(&bytes), ret_recording, err);
	dc_buf_free(&bytes);
	return status;
}

enum dc_status dc_recording_finish(const struct dc_recording_writer *writer, const char *path, struct dc_error *err)
{
	struct dc_slice text;
	enum dc_status status = dc_recording_text(writer, &text, err);
	return status == DC_OK ? dc_file_write(path, text, err) : status;
}

/* ---- the source ---- */

struct replay {
	struct dc_source base;
	const struct dc_recording *recording;
	struct dc_answer *spare; /* given when there is no memory for an answer: one is owed always */
	size_t *turn;            /* by the number of a question's first answer: the answer to give next, + 1 */
};

static bool replay_claims(const struct dc_source *base, const struct dc_question *question)
{
	return true;
}

static void replay_submit(struct dc_source *base, struct dc_fetch *fetch)
{
	struct replay *replay = (struct replay *)base;
	size_t first = dc_recording_find(replay->recording, &fetch->question);
	struct dc_answer *answer;
	if (first == SIZE_MAX) {
		struct dc_answer unknown = {.question = fetch->question, .outcome = DC_OUTCOME_NOT_ASKED, .ede = -1,
					    .detail = DC_S("not in the recording")};
		answer = dc_answer_new(&unknown);
	} else {
		size_t now = replay->turn[first] ? replay->turn[first] - 1 : first;
		size_t next = dc_recording_next(replay->recording, now);
		replay->turn[first] = (next == SIZE_MAX ? now : next) + 1;
		answer = dc_answer_ref(dc_recording_at(replay->recording, now));
	}
	fetch->done(fetch, answer ? answer : dc_answer_ref(replay->spare));
}

static void replay_free(struct dc_source *base)
{
	struct replay *replay = (struct replay *)base;
	dc_answer_unref(replay->spare);
	free(replay->turn);
	free(replay);
}

static const struct dc_source_ops replay_ops = {
	.name = "recording",
	.claims = replay_claims,
	.submit = replay_submit,
	.free = replay_free,
};

struct dc_source *dc_recording_source_new(const struct dc_recording *recording, struct dc_error *err)
{
	const struct dc_answer no_memory = {.outcome = DC_OUTCOME_NOT_ASKED, .ede = -1, .detail = DC_S("no memory for an answer")};
	struct replay *replay = calloc(1, sizeof *replay);
	if (replay) {
		replay->base.ops = &replay_ops;
		replay->recording = recording;
		replay->spare = dc_answer_new(&no_memory);
		replay->turn = calloc(dc_recording_count(recording) + 1, sizeof(size_t));
		if (replay->spare && replay->turn)
			/* NOLINTNEXTLINE(analyzer-malloc-leak): returned as its first member */
			return &replay->base;
		replay_free(&replay->base);
	}
	(void)dc_error_set(err, DC_ERR_NOMEM, "no memory for the recording");
	/* NOLINTNEXTLINE(analyzer-malloc-leak): freed as its first member */
	return NULL;
}

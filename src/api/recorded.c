/* Replays: what the recorded run was told holds again, unless this one was told otherwise. */
#include "api/manifest.h"
#include "api/run.h"
#include "source/clock.h"

/* The manifest of the recorded run, unless this one was given another. */
static enum dc_status recorded_manifest(struct dc_config *config, const struct dc_recording *recording, struct dc_error *err)
{
	const struct dc_recorded_option *name = NULL, *octets = NULL;
	for (size_t i = 0; !config->manifest && i < dc_recording_option_count(recording); i++) {
		const struct dc_recorded_option *option = dc_recording_option(recording, i);
		if (dc_slice_eq(option->name, DC_S("manifest-name")))
			name = option;
		if (dc_slice_eq(option->name, DC_S("manifest")))
			octets = option;
	}
	return octets ? dc_config_manifest_take(config, name ? name->value.ptr : "manifest", octets->value, NULL, NULL, err) : DC_OK;
}

static bool is_given(struct dc_config *config, size_t count, struct dc_slice name)
{
	for (size_t k = 0; k < count; k++)
		if (dc_slice_eq(dc_slice_of(config->given[k].name), name))
			return !dc_slice_eq(config->given[k].value, DC_S("auto")); /* nobody's wish */
	return false;
}

static void forget_auto(struct dc_config *config, size_t *count, struct dc_slice name)
{
	for (size_t k = 0; k < *count; k++) {
		if (!dc_slice_eq(dc_slice_of(config->given[k].name), name))
			continue;
		memmove(config->given + k, config->given + k + 1, (--config->given_count - k) * sizeof *config->given);
		--*count;
		return;
	}
}

enum dc_status dc_run_recorded_options(struct dc_config *config, const struct dc_recording *recording, struct dc_error *err)
{
	size_t own = config->given_count;
	enum dc_status status = DC_OK;
	for (size_t i = 0; status == DC_OK && i < dc_recording_option_count(recording); i++) {
		const struct dc_recorded_option *option = dc_recording_option(recording, i);
		if (!dc_run_is_reported((const char *)option->name.ptr) || is_given(config, own, option->name) ||
		    (config->manifest && dc_config_manifest_rules_out(option->name)))
			continue;
		forget_auto(config, &own, option->name);
		status = dc_config_set(config, option->name.ptr, option->value.ptr, err);
	}
	return status == DC_OK ? recorded_manifest(config, recording, err) : status;
}

/* By the clock of the audit: one that was given stands still, and a replay has that of the recorded run. */
void dc_run_note_end(struct dc_run *run)
{
	const struct dc_recording *recording = run->sources.recording;
	int64_t now_s = run->info.started_s;
	if (run->info.finished_s)
		return;
	if (!recording && !run->config->now_given)
		now_s = dc_clock_now_s();
	else if (!run->config->now_given)
		(void)dc_recording_end(recording, &now_s);
	run->info.finished_s = now_s > run->info.started_s ? now_s : run->info.started_s;
	if (run->writer && run->info.finished_s > run->info.started_s)
		dc_recording_put_end(run->writer, run->info.finished_s);
}

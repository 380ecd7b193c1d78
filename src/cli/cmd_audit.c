/* domaincheck DOMAIN...: the audit itself. */
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

struct reports {
	struct sink sinks[OUTPUTS_MAX];
	struct dc_writer *writers[OUTPUTS_MAX];
	size_t count;
	bool failed;
};

/* ---- names ---- */

static enum exit_status choose_names(const struct options *options, struct names *names, const char **stdin_path)
{
	*names = (struct names){.arguments = options->names, .argument_count = options->name_count,
				.paths = options->inputs, .path_count = options->input_count};
	for (int i = 0; i < options->name_count; i++) {
		char domain[DC_DOMAIN_TEXT_MAX];
		struct dc_error err;
		if (strcmp(options->names[i], "-") == 0) {
			names->paths = stdin_path;
			names->path_count = 1;
			if (options->input_count) {
				complain("\"-\" and --input together: give the names in one way");
				return EXIT_USAGE;
			}
		} else if (dc_domain_parse(options->names[i], domain, &err) != DC_OK) {
			complain("%s", err.message);
			return exit_of(err.status);
		}
	}
	if (options->name_count || options->input_count || options->replay)
		return EXIT_FINE;
	if (isatty(STDIN_FILENO)) {
		complain("no domain: give one, such as \"domaincheck example.com\", or see domaincheck --help");
		return EXIT_USAGE;
	}
	names->paths = stdin_path;
	names->path_count = 1;
	return EXIT_FINE;
}

/* ---- reports ---- */

static bool open_reports(struct reports *reports, const struct options *options, struct dc_run *run)
{
	static const struct output plain = {0};
	size_t count = options->output_count ? options->output_count : 1;
	struct dc_error err;
	for (size_t i = 0; i < count; i++) {
		const struct output *output = options->output_count ? &options->outputs[i] : &plain;
		const char *format = output->format ? output->format : "text";
		struct dc_look look = look_for(options, !output->path);
		struct dc_format_info info;
		if (!sink_open(&reports->sinks[i], output->path))
			return false;
		for (size_t k = 0; dc_format_info_at(k, &info); k++)
			if (strcmp(info.name, format) == 0)
				reports->sinks[i].flush = info.streams && !output->path;
		reports->count++;
		if (dc_writer_new(run, format, &look, sink_write, &reports->sinks[i], &reports->writers[i], &err) != DC_OK) {
			complain("%s", err.message);
			return false;
		}
	}
	return true;
}

static bool add_to_reports(struct reports *reports, const struct dc_result *result)
{
	struct dc_error err;
	for (size_t i = 0; i < reports->count; i++) {
		enum dc_status status = dc_writer_add(reports->writers[i], result, &err);
		if (status != DC_OK && status != DC_ERR_IO)
			complain("%s", err.message);
		if (status != DC_OK || (reports->sinks[i].flush && !sink_flush(&reports->sinks[i]))) {
			reports->failed = true;
			return false;
		}
	}
	return true;
}

/* Files are kept only when the run came to its end. */
static void close_reports(struct reports *reports, bool keep)
{
	struct dc_error err;
	for (size_t i = 0; i < reports->count; i++) {
		if (reports->writers[i]) {
			enum dc_status status = dc_writer_end(reports->writers[i], &err);
			if (status != DC_OK && status != DC_ERR_IO)
				complain("%s", err.message);
			reports->failed |= status != DC_OK;
		}
		reports->failed |= !sink_close(&reports->sinks[i], keep && !reports->failed);
	}
}

/* ---- the run ---- */

static void show_progress(const struct options *options, size_t done)
{
	if (options->progress == ALWAYS || (options->progress == AUTO && !options->quiet && isatty(STDERR_FILENO) &&
					    !isatty(STDOUT_FILENO)))
		(void)fprintf(stderr, "\r%zu audited\x1b[K", done);
}

static enum exit_status status_of(const struct dc_result *result, const char *checks)
{
	if (checks ? dc_result_fails_among(result, checks) : dc_result_fails(result))
		return EXIT_FINDINGS;
	if (checks ? dc_result_is_incomplete_among(result, checks) : dc_result_is_incomplete(result))
		return EXIT_INCOMPLETE;
	return EXIT_FINE;
}

static enum exit_status audit_all(struct dc_run *run, const struct options *options, struct reports *reports,
				  bool *ret_whole)
{
	enum exit_status status = EXIT_FINE;
	struct dc_error err;
	struct dc_result *result;
	size_t done = 0;
	for (;;) {
		enum dc_status next = dc_run_next(run, &result, &err);
		if (next != DC_OK) {
			complain("%s", err.message);
			return worse(status, exit_of(next));
		}
		if (!result)
			break;
		status = worse(status, status_of(result, options->checks));
		bool written = add_to_reports(reports, result);
		dc_result_free(result);
		if (!written)
			return EXIT_FAULT;
		show_progress(options, ++done);
	}
	if (done && (options->progress == ALWAYS || (options->progress == AUTO && isatty(STDERR_FILENO) &&
						     !options->quiet && !isatty(STDOUT_FILENO))))
		(void)fputs("\r\x1b[K", stderr);
	*ret_whole = true;
	return status;
}

enum exit_status cmd_audit(const struct options *options)
{
	static const char *stdin_path[] = {"-"};
	struct names names;
	struct reports reports = {0};
	struct dc_run *run = NULL;
	struct dc_error err;
	bool whole = false;
	enum exit_status status = choose_names(options, &names, stdin_path);
	if (status != EXIT_FINE)
		return status;
	bool given = names.argument_count || names.path_count;
	if (!options->dnssec_given && names.argument_count == 1 && names.path_count == 0)
		(void)dc_config_set(options->config, "dnssec", "yes", NULL);
	enum dc_status opened = dc_run_new(options->config, given ? names_next : NULL, &names, &run, &err);
	if (opened != DC_OK) {
		complain("%s", err.message);
		status = exit_of(opened == DC_ERR_IO ? DC_ERR_INPUT : opened); /* unreadable input */
		goto out;
	}
	if (!open_reports(&reports, options, run)) {
		close_reports(&reports, false);
		status = EXIT_FAULT;
		goto out;
	}
	status = audit_all(run, options, &reports, &whole);
	close_reports(&reports, whole);
	if (reports.failed)
		status = EXIT_FAULT;
	if (whole && given && !names.good && names.status == EXIT_FINE) {
		complain("no domain in %s: give one name a line", names.shown ? names.shown : "the arguments");
		status = EXIT_USAGE;
	}
	if (whole && dc_run_finish(run, &err) != DC_OK) {
		complain("%s", err.message);
		status = EXIT_FAULT;
	}
	status = worse(status, names.status);
out:
	names_close(&names);
	dc_run_free(run);
	return status;
}

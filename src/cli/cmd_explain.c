/* domaincheck explain [SLUG], domaincheck checks and domaincheck profiles [NAME]: pages about the program itself. */
#include <string.h>

#include "cli/cli.h"

/* What they take: -f text|json and at most `most` words. */
static enum exit_status page(int argc, char **argv, int most, struct options *options, const char **ret_format)
{
	enum exit_status status = options_parse(argc, argv, options);
	if (status != EXIT_FINE)
		return status;
	*ret_format = options->output_count && options->outputs[0].format ? options->outputs[0].format : "text";
	if (strcmp(*ret_format, "text") != 0 && strcmp(*ret_format, "json") != 0) {
		complain("%s: only --format text and json", argv[0]);
		return EXIT_USAGE;
	}
	if (options->name_count > most) {
		complain("%s: \"%s\" is one word too many", argv[0], options->names[most]);
		return EXIT_USAGE;
	}
	return EXIT_FINE;
}

enum subject { FINDINGS, CHECKS, PROFILES };

static enum dc_status print(enum subject subject, const char *name, const char *format, const struct dc_look *look,
			    struct sink *sink, struct dc_error *err)
{
	switch (subject) {
	case CHECKS:
		return dc_list_checks(format, look, sink_write, sink, err);
	case PROFILES:
		return dc_list_profiles(name, format, look, sink_write, sink, err);
	default:
		return dc_explain(name, format, look, sink_write, sink, err);
	}
}

static enum exit_status show(int argc, char **argv, int most, enum subject subject)
{
	struct options options;
	const char *format;
	struct dc_error err;
	struct sink sink;
	enum exit_status status = page(argc, argv, most, &options, &format);
	if (status == EXIT_FINE && options.help) {
		options_help(&options, argv[0]);
	} else if (status == EXIT_FINE) {
		const char *path = options.output_count ? options.outputs[0].path : NULL;
		struct dc_look look = look_for(&options, !path);
		const char *name = options.name_count ? options.names[0] : NULL;
		if (!sink_open(&sink, path)) {
			dc_config_free(options.config);
			return EXIT_FAULT;
		}
		enum dc_status done = print(subject, name, format, &look, &sink, &err);
		if (done != DC_OK && done != DC_ERR_IO)
			complain("%s", err.message);
		status = exit_of(done);
		if (!sink_close(&sink, done == DC_OK))
			status = EXIT_FAULT;
	}
	dc_config_free(options.config);
	return status;
}

enum exit_status cmd_explain(int argc, char **argv)
{
	return show(argc, argv, 1, FINDINGS);
}

enum exit_status cmd_checks(int argc, char **argv)
{
	return show(argc, argv, 0, CHECKS);
}

enum exit_status cmd_profiles(int argc, char **argv)
{
	return show(argc, argv, 1, PROFILES);
}

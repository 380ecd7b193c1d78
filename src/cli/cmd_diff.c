/* domaincheck diff OLD NEW: what changed between two reports. */
#include <string.h>

#include "cli/cli.h"

static enum exit_status compare(const struct options *options)
{
	static const enum exit_status statuses[] = {[DC_RESULT_PASS] = EXIT_FINE, [DC_RESULT_INCOMPLETE] = EXIT_INCOMPLETE,
						    [DC_RESULT_FAIL] = EXIT_FINDINGS};
	const char *format = options->outputs[0].format ? options->outputs[0].format : "text", *paths[2];
	const char *path = options->output_count ? options->outputs[0].path : NULL;
	struct dc_look look = look_for(options, !path);
	enum dc_result_verdict verdict = DC_RESULT_PASS;
	struct sink sink;
	struct dc_error err;
	for (int i = 0; i < 2; i++)
		paths[i] = strcmp(options->names[i], "-") == 0 ? "/dev/stdin" : options->names[i];
	if (!sink_open(&sink, path))
		return EXIT_FAULT;
	enum dc_status status = dc_compare_reports(options->config, paths[0], paths[1], format, &look, sink_write, &sink, &verdict, &err);
	if (status != DC_OK && !sink.failed)
		complain("%s", err.message);
	bool closed = sink_close(&sink, status == DC_OK);
	if (status != DC_OK)
		return sink.failed ? EXIT_FAULT : exit_of(status == DC_ERR_IO ? DC_ERR_INPUT : status);
	return closed ? statuses[verdict] : EXIT_FAULT;
}

enum exit_status cmd_diff(int argc, char **argv)
{
	struct options options;
	enum exit_status status = options_parse(argc, argv, &options);
	if (status == EXIT_FINE && options.help) {
		options_help(&options, argv[0]);
	} else if (status == EXIT_FINE && (options.name_count != 2 || options.output_count > 1 || options.input_count)) {
		complain("diff: give two reports, the old one and the new one, and one --format and --output at most");
		status = EXIT_USAGE;
	} else if (status == EXIT_FINE && strcmp(options.names[0], "-") == 0 && strcmp(options.names[1], "-") == 0) {
		complain("diff: only one of the reports can come from standard input");
		status = EXIT_USAGE;
	} else if (status == EXIT_FINE) {
		status = compare(&options);
	}
	return options_end(&options, status);
}

/* domaincheck history --db FILE [REPORT...]: keeps runs over time and tells what was when. */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

struct request {
	const char *db, *domain;
};

/* Takes "--NAME VALUE" or "--NAME=VALUE" out of the arguments. False: the value is missing. */
static bool take(int *argc, char **argv, const char *name, const char **ret_value)
{
	size_t len = strlen(name);
	for (int i = 1; i < *argc && strcmp(argv[i], "--") != 0;) {
		bool joined = strncmp(argv[i], name, len) == 0 && argv[i][len] == '=';
		if (!joined && strcmp(argv[i], name) != 0) {
			i++;
			continue;
		}
		int words = joined ? 1 : 2;
		if (i + words > *argc) {
			complain("%s needs a value: see domaincheck --help", name);
			return false;
		}
		*ret_value = joined ? argv[i] + len + 1 : argv[i + 1];
		for (int k = i; k + words <= *argc; k++)
			argv[k] = argv[k + words];
		*argc -= words;
	}
	return true;
}

/* What is added stays when a later one is no report. */
static enum exit_status add_all(struct dc_history *history, const struct options *options)
{
	enum exit_status status = EXIT_FINE;
	for (int i = 0; i < options->name_count; i++) {
		struct dc_error err;
		bool new = false;
		enum dc_status added = dc_history_add(history, options->names[i], &new, &err);
		if (added != DC_OK) {
			complain("%s", err.message);
			status = worse(status, added == DC_ERR_IO ? EXIT_USAGE : exit_of(added));
		} else if (!new) {
			complain("%s: is in the store already", options->names[i]);
		}
	}
	return status;
}

static enum exit_status show(struct dc_history *history, const struct request *request, const struct options *options)
{
	const struct output *output = &options->outputs[0];
	struct dc_look look = look_for(options, !output->path);
	char domain[DC_DOMAIN_TEXT_MAX];
	struct sink sink;
	struct dc_error err;
	if (request->domain && dc_domain_parse(request->domain, domain, &err) != DC_OK) {
		complain("--domain: %s", err.message);
		return EXIT_USAGE;
	}
	if (!sink_open(&sink, output->path))
		return EXIT_FAULT;
	enum dc_status status = dc_history_write(history, request->domain ? domain : NULL, output->format ? output->format : "text", &look,
						 sink_write, &sink, &err);
	if (status != DC_OK)
		complain("%s", err.message);
	bool written = sink_close(&sink, status == DC_OK);
	return status != DC_OK ? exit_of(status) : written ? EXIT_FINE : EXIT_FAULT;
}

enum exit_status cmd_history(int argc, char **argv)
{
	struct options options;
	struct request request = {0};
	struct dc_history *history = NULL;
	struct dc_error err;
	if (!take(&argc, argv, "--db", &request.db) || !take(&argc, argv, "--domain", &request.domain))
		return EXIT_USAGE;
	enum exit_status status = options_parse(argc, argv, &options);
	if (status == EXIT_FINE && options.help) {
		options_help(&options, argv[0]);
	} else if (status == EXIT_FINE && (!request.db || options.output_count > 1)) {
		complain("history: name the store with --db FILE, and one --format and --output at most");
		status = EXIT_USAGE;
	} else if (status == EXIT_FINE) {
		enum dc_status opened = dc_history_open(request.db, options.name_count > 0, &history, &err);
		if (opened != DC_OK) {
			complain("%s", err.message);
			status = exit_of(opened == DC_ERR_IO ? DC_ERR_INPUT : opened);
		} else {
			status = add_all(history, &options);
			if (!options.quiet)
				status = worse(status, show(history, &request, &options));
		}
		dc_history_close(history);
	}
	return options_end(&options, status);
}

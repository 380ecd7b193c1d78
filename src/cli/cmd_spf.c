/* domaincheck spf [--flatten] DOMAIN...: SPF alone. Takes the options of an audit; the exit status is that of the SPF
 * checks. */
#include <string.h>

#include "cli/cli.h"

/* Takes the word out of the arguments. */
static bool take(int *argc, char **argv, const char *word)
{
	for (int i = 1; i < *argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], word) != 0)
			continue;
		for (--*argc; i < *argc; i++)
			argv[i] = argv[i + 1];
		return true;
	}
	return false;
}

enum exit_status cmd_spf(int argc, char **argv)
{
	bool flatten = take(&argc, argv, "--flatten");
	struct options options;
	enum exit_status status = options_parse(argc, argv, &options);
	if (status == EXIT_FINE && options.help) {
		options_help(&options, argv[0]);
	} else if (status == EXIT_FINE) {
		struct output *output = &options.outputs[0];
		options.output_count = options.output_count ? options.output_count : 1;
		if (!output->format)
			output->format = flatten ? "spf-flat" : "spf";
		options.checks = "spf-";
		status = cmd_audit(&options);
	}
	return options_end(&options, status);
}

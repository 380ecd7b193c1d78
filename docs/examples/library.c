/* Audits the domains on the command line over a zone file, and says which may send.
 *
 *   cc library.c $(pkg-config --cflags --libs domaincheck) -o library
 *   ./library example.com.zone example.com
 */
#include <stdio.h>
#include <string.h>

#include <domaincheck/domaincheck.h>

static bool next_argument(void *user, char ret_domain[DC_DOMAIN_TEXT_MAX], const char **ret_typed)
{
	char ***arguments = user;
	struct dc_error err;
	while (**arguments) {
		const char *typed = *(*arguments)++;
		if (dc_domain_parse(typed, ret_domain, &err) == DC_OK) {
			*ret_typed = typed;
			return true;
		}
		(void)fprintf(stderr, "%s\n", err.message);
	}
	return false;
}

int main(int argc, char **argv)
{
	static const char *const words[] = {"may send", "is not fully known", "must not send"};
	char **domains = argv + 2;
	struct dc_error err = {.message = "usage: library ZONE DOMAIN..."};
	struct dc_config *config = dc_config_new();
	struct dc_result *result;
	struct dc_run *run = NULL;
	enum dc_status status = DC_ERR_USAGE;
	if (argc > 2 && config)
		status = dc_config_set(config, "zone", argv[1], &err);
	if (status == DC_OK)
		status = dc_run_new(config, next_argument, &domains, &run, &err);
	while (status == DC_OK && (status = dc_run_next(run, &result, &err)) == DC_OK && result) {
		(void)printf("%s %s\n", dc_result_domain(result), words[dc_result_verdict(result)]);
		dc_result_free(result);
	}
	dc_run_free(run);
	dc_config_free(config);
	if (status != DC_OK)
		(void)fprintf(stderr, "%s\n", err.message);
	return status != DC_OK;
}

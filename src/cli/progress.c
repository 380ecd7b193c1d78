/* Progress on standard error: how far, how fast, what was not answered, how long it will take. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"

enum { LINE_MS = 200, PLAIN_MS = 5000 };

/* Columns of the line that stands on the terminal: complaints take it away first. */
static size_t standing;

static double now_s(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* A report that scrolls by on the same terminal would be cut up by the line. */
static bool report_on_terminal(const struct options *options)
{
	if (!isatty(STDOUT_FILENO))
		return false;
	for (size_t i = 0; i < options->output_count; i++)
		if (!options->outputs[i].path)
			return true;
	return options->output_count == 0;
}

void progress_init(struct progress *progress, const struct options *options, const struct names *names)
{
	bool terminal = isatty(STDERR_FILENO);
	*progress = (struct progress){.started_s = now_s(), .rate = -1, .question_rate = -1};
	progress->shown_s = progress->started_s;
	if (options->progress == NEVER || options->quiet)
		return;
	if (terminal && (options->progress == ALWAYS || !report_on_terminal(options)))
		progress->kind = PROGRESS_LINE;
	else if (!terminal && (options->progress == ALWAYS || options->verbose))
		progress->kind = PROGRESS_PLAIN;
	if (progress->kind != PROGRESS_NONE)
		progress->total = names_count(names);
}

int progress_due_ms(const struct progress *progress)
{
	if (progress->kind == PROGRESS_NONE)
		return -1;
	double period_ms = progress->kind == PROGRESS_LINE ? LINE_MS : PLAIN_MS;
	double left_ms = period_ms - (now_s() - progress->shown_s) * 1000;
	return left_ms > 0 ? (int)left_ms + 1 : 0;
}

/* Of the last seconds more than of those before. */
static double smooth(double old, double latest)
{
	return old < 0 ? latest : old * 0.8 + latest * 0.2;
}

/* Columns for a line that is written over: what is longer would be wrapped, and each time begin on a new line. */
static size_t room(void)
{
	struct winsize size;
	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col - 1u : 79;
}

static bool can_erase(void)
{
	const char *name = getenv("TERM");
	return name && *name && strcmp(name, "dumb") != 0;
}

/* In place of the line that stands there. Its least important parts, which come last, are left out where there is no room. */
static void put_line(const char *const *parts, size_t count)
{
	char line[256];
	size_t used = 0, most = room() < sizeof line - 1 ? room() : sizeof line - 1;
	for (size_t i = 0; i < count && used + strlen(parts[i]) <= most; i++)
		used += (size_t)snprintf(line + used, sizeof line - used, "%s", parts[i]);
	line[used] = 0;
	(void)fprintf(stderr, "\r%s", line);
	if (can_erase()) {
		(void)fputs("\x1b[K", stderr);
	} else {
		(void)fprintf(stderr, "%*s", standing > used ? (int)(standing - used) : 0, "");
	}
	standing = used > 0 ? used : 1;
}

static void say(struct progress *progress, const struct dc_run *run, double seconds)
{
	struct dc_run_figures figures;
	char total[24] = "", left[48] = "", done[64], rate[32], asked[64], question_rate[32], unanswered[48];
	dc_run_figures(run, &figures);
	if (seconds > 0) {
		progress->rate = smooth(progress->rate, (double)(figures.done - progress->shown_done) / seconds);
		progress->question_rate = smooth(progress->question_rate, (double)(figures.asked - progress->shown_asked) / seconds);
	}
	progress->shown_done = figures.done;
	progress->shown_asked = figures.asked;
	uint64_t whole = progress->total > figures.left_out ? progress->total - figures.left_out : 0;
	if (whole >= figures.taken && whole > 0) {
		(void)snprintf(total, sizeof total, "/%llu", (unsigned long long)whole);
		if (progress->rate > 0.01 && whole > figures.done) {
			double s = (double)(whole - figures.done) / progress->rate + 1;
			if (s < 360000)
				(void)snprintf(left, sizeof left, ", %d:%02d left", (int)s / 60, (int)s % 60);
		}
	}
	(void)snprintf(done, sizeof done, "%llu%s audited", (unsigned long long)figures.done, total);
	(void)snprintf(rate, sizeof rate, ", %.0f/s", progress->rate > 0 ? progress->rate : 0);
	(void)snprintf(asked, sizeof asked, ", %llu questions asked", (unsigned long long)figures.asked);
	(void)snprintf(question_rate, sizeof question_rate, ", %.0f/s", progress->question_rate > 0 ? progress->question_rate : 0);
	(void)snprintf(unanswered, sizeof unanswered, ", %llu unanswered", (unsigned long long)figures.unanswered);
	if (progress->kind == PROGRESS_LINE)
		put_line((const char *const[]){done, left, rate, unanswered, asked, question_rate}, 6);
	else
		(void)fprintf(stderr, "domaincheck: %s%s%s%s%s%s\n", done, rate, asked, question_rate, unanswered, left);
	(void)fflush(stderr);
}

void progress_show(struct progress *progress, const struct dc_run *run)
{
	if (progress->kind == PROGRESS_NONE || progress_due_ms(progress) > 0)
		return;
	double now = now_s();
	say(progress, run, now - progress->shown_s);
	progress->shown_s = now;
}

/* A plain log keeps the sum. */
void progress_end(struct progress *progress, const struct dc_run *run)
{
	progress_clear();
	if (progress->kind != PROGRESS_PLAIN)
		return;
	double seconds = now_s() - progress->started_s;
	progress->rate = progress->question_rate = -1;
	progress->shown_done = progress->shown_asked = 0;
	say(progress, run, seconds > 0.001 ? seconds : 0.001);
}

void progress_clear(void)
{
	if (standing && can_erase())
		(void)fputs("\r\x1b[K", stderr);
	else if (standing)
		(void)fprintf(stderr, "\r%*s\r", (int)standing, "");
	standing = 0;
}

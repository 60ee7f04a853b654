// SPDX-License-Identifier: GPL-2.0-only
/*
 * result.c - reads the numbers of an audit, or those of its report
 *
 * See result.h. The report is JSON that this tool or a hook has written, perhaps
 * of another version: a number that is not there is 0, a verdict that is not
 * there is "cannot tell", and neither is ever taken for "clean".
 */
#define _GNU_SOURCE
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/file_kind.h"
#include "report/result.h"

#define MAX_REPORT_BYTES (256U << 20)

static void json_guard(struct json_object **object)
{
	json_object_put(*object);
}

static void tokener_guard(struct json_tokener **tokener)
{
	if (*tokener)
		json_tokener_free(*tokener);
}

struct err *result_of_audit(const struct audit_run *run, struct result *ret)
{
	const struct audit *audit = &run->audit;

	*ret = (struct result){
		.file = run->file,
		.message = audit_verdict_text(audit),
		.verdict = audit->verdict,
		.left_in_ram = audit->left_in_ram,
		.vps_not_revoked = audit->nr_silent + audit->silent_not_kept,
		.gaps = audit->nr_gaps,
		.crash_seconds = run->origin.seconds,
	};
	memcpy(ret->regions, audit->regions, sizeof(ret->regions));
	memcpy(ret->pages, audit->pages, sizeof(ret->pages));
	return ret->message ? NULL : err_create(ERR_IO, "out of memory");
}

void result_deinit(struct result *result)
{
	free(result->message);
}

static const char *text_of(struct json_object *object, const char *key)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, key, &value) ||
	    !json_object_is_type(value, json_type_string))
		return "";
	return json_object_get_string(value);
}

static __u64 number_of(struct json_object *object, const char *key)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, key, &value) ||
	    !json_object_is_type(value, json_type_int))
		return 0;
	return json_object_get_uint64(value);
}

static enum audit_verdict verdict_of(struct json_object *report)
{
	const char *word = text_of(report, "verdict");

	for (int v = AUDIT_CLEAN; v <= AUDIT_CANNOT_TELL; v++)
		if (!strcmp(word, audit_verdict_name((enum audit_verdict)v)))
			return (enum audit_verdict)v;
	return AUDIT_CANNOT_TELL;
}

static void count_findings(struct json_object *report, struct result *ret)
{
	struct json_object *findings;
	size_t nr;

	if (!json_object_object_get_ex(report, "findings", &findings) ||
	    !json_object_is_type(findings, json_type_array))
		return;
	nr = json_object_array_length(findings);
	for (size_t i = 0; i < nr; i++) {
		struct json_object *row =
			json_object_array_get_idx(findings, i);
		const char *word = text_of(row, "finding");

		for (int f = AUDIT_EXTENT_CLEAN; f < AUDIT_NR_FINDINGS; f++) {
			if (strcmp(word,
				   audit_finding_name((enum audit_finding)f)))
				continue;
			ret->regions[f]++;
			ret->pages[f] += number_of(row, "pages");
		}
	}
}

static __u64 seconds_of(const char *time)
{
	struct tm parts = { 0 };
	const char *end = strptime(time, "%Y-%m-%dT%H:%M:%SZ", &parts);

	return end && !*end ? (__u64)timegm(&parts) : 0;
}

static struct err *parse(FILE *file, struct json_object **ret)
{
	struct json_tokener *tokener guarded(tokener_guard) =
		json_tokener_new();
	size_t total = 0, got;
	char block[65536];

	if (!tokener)
		return err_create(ERR_IO, "out of memory");
	while ((got = fread(block, 1, sizeof(block), file))) {
		total += got;
		if (total > MAX_REPORT_BYTES)
			return err_create(ERR_IO,
					  "not a report: larger than %u MiB",
					  MAX_REPORT_BYTES >> 20);
		*ret = json_tokener_parse_ex(tokener, block, (int)got);
		if (*ret)
			return NULL;
		if (json_tokener_get_error(tokener) != json_tokener_continue)
			break;
	}
	return err_create(ERR_IO, "not a report: no JSON object");
}

struct err *result_of_report(const char *path, struct result *ret)
{
	struct json_object *report guarded(json_guard) = NULL;
	FILE *file guarded_file = NULL;
	struct json_object *part;
	const char *schema, *why;
	struct err *err;

	*ret = (struct result){ .file = path };
	file = file_kind_open(path, &why);
	if (!file)
		return err_create(ERR_IO, "cannot open: %s", why);
	err = parse(file, &report);
	if (err)
		return err;
	schema = text_of(report, "schema");
	if (strcmp(schema, "hvcrash.audit/1") &&
	    strcmp(schema, "hvcrash.error/1"))
		return err_create(ERR_IO, "not a report of an audit");
	ret->verdict = verdict_of(report);
	ret->message = strdup(text_of(report, "message"));
	if (!ret->message)
		return err_create(ERR_IO, "out of memory");
	count_findings(report, ret);
	if (json_object_object_get_ex(report, "gaps", &part) &&
	    json_object_is_type(part, json_type_array))
		ret->gaps = json_object_array_length(part);
	if (!json_object_object_get_ex(report, "summary", &part))
		return NULL;
	ret->left_in_ram = number_of(part, "left_in_own_ram");
	ret->vps_not_revoked = number_of(part, "vps_not_revoked");
	ret->crash_seconds = seconds_of(text_of(part, "crash_time"));
	return NULL;
}

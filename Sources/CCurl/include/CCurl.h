#ifndef CCURL_H
#define CCURL_H

// libcurl's setters and getters are variadic, which Swift cannot call. Here is one plain function for each kind of
// value. Each looks the option's kind up in libcurl's own table first, so a value of the wrong kind is refused with
// CURLE_BAD_FUNCTION_ARGUMENT instead of being read as something else.

#include <curl/curl.h>
#include <stddef.h>

typedef size_t (*ccurl_bytes_function)(char *buffer, size_t size, size_t count, void *context);
typedef int (*ccurl_debug_function)(CURL *handle, curl_infotype kind, char *bytes, size_t count, void *context);
typedef int (*ccurl_progress_function)(void *context, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
                                       curl_off_t up);
typedef int (*ccurl_socket_function)(void *context, curl_socket_t socket, curlsocktype purpose);

// To be called once, before any thread uses the rest.
CURLcode ccurl_start(void);

CURLcode ccurl_set_long(CURL *handle, CURLoption option, long value);
CURLcode ccurl_set_size(CURL *handle, CURLoption option, long long value);
// libcurl copies the text.
CURLcode ccurl_set_text(CURL *handle, CURLoption option, const char *value);
// `value` (a context, a buffer) must outlive its use by the handle.
CURLcode ccurl_set_pointer(CURL *handle, CURLoption option, void *value);
// The list must outlive the transfer; null takes it out again.
CURLcode ccurl_set_list(CURL *handle, CURLoption option, struct curl_slist *value);

CURLcode ccurl_set_header(CURL *handle, ccurl_bytes_function function, void *context);
CURLcode ccurl_set_write(CURL *handle, ccurl_bytes_function function, void *context);
CURLcode ccurl_set_debug(CURL *handle, ccurl_debug_function function, void *context);
CURLcode ccurl_set_progress(CURL *handle, ccurl_progress_function function, void *context);
CURLcode ccurl_set_socket(CURL *handle, ccurl_socket_function function, void *context);

// Zero when libcurl does not know it.
long ccurl_get_long(CURL *handle, CURLINFO info);
long long ccurl_get_size(CURL *handle, CURLINFO info);

// The socket of the connection that the last transfer left open, -1 without one.
int ccurl_socket(CURL *handle);

// Macros with casts in them do not reach Swift.
extern const int ccurl_error_size;

#endif

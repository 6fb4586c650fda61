#include "CCurl.h"

const int ccurl_error_size = CURL_ERROR_SIZE;

CURLcode ccurl_start(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

static int is_of_kind(CURLoption option, curl_easytype first, curl_easytype second) {
  const struct curl_easyoption *known = curl_easy_option_by_id(option);
  return known && (known->type == first || known->type == second);
}

CURLcode ccurl_set_long(CURL *handle, CURLoption option, long value) {
  if (!is_of_kind(option, CURLOT_LONG, CURLOT_VALUES)) return CURLE_BAD_FUNCTION_ARGUMENT;
  return curl_easy_setopt(handle, option, value);
}

CURLcode ccurl_set_size(CURL *handle, CURLoption option, long long value) {
  if (!is_of_kind(option, CURLOT_OFF_T, CURLOT_OFF_T)) return CURLE_BAD_FUNCTION_ARGUMENT;
  return curl_easy_setopt(handle, option, (curl_off_t)value);
}

CURLcode ccurl_set_text(CURL *handle, CURLoption option, const char *value) {
  if (!is_of_kind(option, CURLOT_STRING, CURLOT_STRING)) return CURLE_BAD_FUNCTION_ARGUMENT;
  return curl_easy_setopt(handle, option, value);
}

CURLcode ccurl_set_pointer(CURL *handle, CURLoption option, void *value) {
  if (!is_of_kind(option, CURLOT_OBJECT, CURLOT_CBPTR)) return CURLE_BAD_FUNCTION_ARGUMENT;
  return curl_easy_setopt(handle, option, value);
}

CURLcode ccurl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
  if (!is_of_kind(option, CURLOT_SLIST, CURLOT_SLIST)) return CURLE_BAD_FUNCTION_ARGUMENT;
  return curl_easy_setopt(handle, option, value);
}

CURLcode ccurl_set_header(CURL *handle, ccurl_bytes_function function, void *context) {
  CURLcode code = curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, function);
  return code ? code : curl_easy_setopt(handle, CURLOPT_HEADERDATA, context);
}

CURLcode ccurl_set_write(CURL *handle, ccurl_bytes_function function, void *context) {
  CURLcode code = curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, function);
  return code ? code : curl_easy_setopt(handle, CURLOPT_WRITEDATA, context);
}

CURLcode ccurl_set_debug(CURL *handle, ccurl_debug_function function, void *context) {
  CURLcode code = curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, function);
  if (!code) code = curl_easy_setopt(handle, CURLOPT_DEBUGDATA, context);
  return code ? code : curl_easy_setopt(handle, CURLOPT_VERBOSE, 1L);
}

CURLcode ccurl_set_progress(CURL *handle, ccurl_progress_function function, void *context) {
  CURLcode code = curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, function);
  if (!code) code = curl_easy_setopt(handle, CURLOPT_XFERINFODATA, context);
  return code ? code : curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
}

CURLcode ccurl_set_socket(CURL *handle, ccurl_socket_function function, void *context) {
  CURLcode code = curl_easy_setopt(handle, CURLOPT_SOCKOPTFUNCTION, function);
  return code ? code : curl_easy_setopt(handle, CURLOPT_SOCKOPTDATA, context);
}

long ccurl_get_long(CURL *handle, CURLINFO info) {
  long value = 0;
  if ((info & CURLINFO_TYPEMASK) != CURLINFO_LONG) return 0;
  return curl_easy_getinfo(handle, info, &value) == CURLE_OK ? value : 0;
}

long long ccurl_get_size(CURL *handle, CURLINFO info) {
  curl_off_t value = 0;
  if ((info & CURLINFO_TYPEMASK) != CURLINFO_OFF_T) return 0;
  return curl_easy_getinfo(handle, info, &value) == CURLE_OK ? value : 0;
}

int ccurl_socket(CURL *handle) {
  curl_socket_t socket = CURL_SOCKET_BAD;
  return curl_easy_getinfo(handle, CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK ? (int)socket : -1;
}

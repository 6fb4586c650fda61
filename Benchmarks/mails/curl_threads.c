// Sends kept messages through bare libcurl: so many threads, each with an easy handle of its own and nothing else to do.
// What `Benchmarks/mails/run` measures dunningd against: the same bytes, recipients and server, no deciding, rendering
// or journal.
//
//   cc -O2 -o curl_threads curl_threads.c -lcurl -lpthread
//   curl_threads PORT THREADS MESSAGES.mail
#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct mail {
  const char *bytes;
  size_t size;
  char recipient[256];
};

static struct mail *mails;
static size_t count;
static atomic_size_t next_mail;
static atomic_size_t failed;
static char url[64];

struct reading {
  const struct mail *mail;
  size_t at;
};

static size_t give(char *buffer, size_t size, size_t items, void *context) {
  struct reading *reading = context;
  size_t room = size * items, left = reading->mail->size - reading->at;
  if (left < room) room = left;
  memcpy(buffer, reading->mail->bytes + reading->at, room);
  reading->at += room;
  return room;
}

static void *work(void *unused) {
  CURL *handle = curl_easy_init();
  curl_easy_setopt(handle, CURLOPT_URL, url);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(handle, CURLOPT_READFUNCTION, give);
  for (;;) {
    size_t index = atomic_fetch_add(&next_mail, 1);
    if (index >= count) break;
    struct reading reading = {&mails[index], 0};
    struct curl_slist *to = curl_slist_append(NULL, mails[index].recipient);
    curl_easy_setopt(handle, CURLOPT_MAIL_FROM, "<ar@example.com>");
    curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, to);
    curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, (curl_off_t)mails[index].size);
    curl_easy_setopt(handle, CURLOPT_READDATA, &reading);
    if (curl_easy_perform(handle) != CURLE_OK) atomic_fetch_add(&failed, 1);
    curl_slist_free_all(to);
  }
  curl_easy_cleanup(handle);
  return unused;
}

int main(int argc, char **argv) {
  if (argc != 4) return fprintf(stderr, "usage: curl_threads PORT THREADS MESSAGES.mail\n"), 64;
  snprintf(url, sizeof url, "smtp://127.0.0.1:%d/localhost", atoi(argv[1]));
  FILE *file = fopen(argv[3], "rb");
  if (!file) return perror(argv[3]), 66;
  fseek(file, 0, SEEK_END);
  size_t size = (size_t)ftell(file);
  rewind(file);
  char *all = malloc(size + 1);
  if (!all || fread(all, 1, size, file) != size) return 66;
  all[size] = 0;
  // dunningd-message 1 SHA256 LENGTH\n BYTES \n ...
  mails = calloc(size / 200 + 1, sizeof *mails);
  for (char *at = all; at < all + size;) {
    // Not sscanf: it takes the length of all that follows, each time.
    char *end = strchr(at, '\n');
    if (!end || end - at < 85 || strncmp(at, "dunningd-message 1 ", 19) != 0) break;
    size_t length = strtoul(at + 84, NULL, 10);
    struct mail *mail = &mails[count++];
    mail->bytes = end + 1;
    mail->size = length;
    char *to = strstr(mail->bytes, "\nTo: "), *open = to ? strchr(to, '<') : NULL, *close = open ? strchr(open, '>') : NULL;
    if (!close || close - open > 250) return fprintf(stderr, "message %zu has no To\n", count), 65;
    memcpy(mail->recipient, open, (size_t)(close - open) + 1);
    at = end + 1 + length + 1;
  }
  curl_global_init(CURL_GLOBAL_ALL);
  int threads = atoi(argv[2]);
  pthread_t ids[64];
  for (int i = 0; i < threads && i < 64; i++) pthread_create(&ids[i], NULL, work, NULL);
  for (int i = 0; i < threads && i < 64; i++) pthread_join(ids[i], NULL);
  printf("%zu %zu\n", count, (size_t)failed);
  return failed ? 75 : 0;
}

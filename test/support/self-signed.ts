/** A key that guards nothing: for TLS between a test and itself. */
export const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgoN5DIfaVr99xnl1i
q3zuOxSkUpx9VJhpqPtNlhDlIU2hRANCAARa0a9eE12ym4hP/pVx2wswhdP4+lLL
443DIYE9Y9jUsA1/OUsC79diZiiqgMeuOIgpLqlg7nAI9aaIUi5iR+eH
-----END PRIVATE KEY-----
`;

/** Its certificate, signed by itself, good until 2126: for both ends. */
export const cert = `-----BEGIN CERTIFICATE-----
MIIBfzCCASWgAwIBAgIUG6tEqwS/LNiI3HLyACYSpXcfvbowCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjIzMDUzMFoYDzIxMjYxMDI5
MjMwNTMwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARa0a9eE12ym4hP/pVx2wswhdP4+lLL443DIYE9Y9jUsA1/OUsC79di
ZiiqgMeuOIgpLqlg7nAI9aaIUi5iR+eHo1MwUTAdBgNVHQ4EFgQUXGcnCI3JU7Qo
r6Y2NuYmolcw4WUwHwYDVR0jBBgwFoAUXGcnCI3JU7Qor6Y2NuYmolcw4WUwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiAYn2XzpoUmFAwwgLYnampl
jSDSDqvW9cfVmtCGvO8P1gIhALBCLFN7YyY5VYk/5i3s/Ei4lTnFcEdG/zhl63Rc
sahk
-----END CERTIFICATE-----
`;

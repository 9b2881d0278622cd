/**
 * A self-signed certificate for `loopback.example.com` and its key, valid for a century. It protects nothing: it lets
 * tests speak TLS with a server on loopback.
 */
export const loopbackCertificate = {
  name: 'loopback.example.com',
  cert: `-----BEGIN CERTIFICATE-----
MIIBtzCCAVygAwIBAgIUESzxhKdcez/Mmhp5d757t4DpZWQwCgYIKoZIzj0EAwIw
HzEdMBsGA1UEAwwUbG9vcGJhY2suZXhhbXBsZS5jb20wIBcNMjYxMTIyMTQzNjI3
WhgPMjEyNjEwMjkxNDM2MjdaMB8xHTAbBgNVBAMMFGxvb3BiYWNrLmV4YW1wbGUu
Y29tMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAESYWVLS1DnRemBo3LdT51404e
PTKwaMJnHLJnKGP5jixYusqp6yqtoKlChilrTIrwodlFQTBoR/4CG9KYScfyyaN0
MHIwHQYDVR0OBBYEFO/baJm/k+jGPeoxuyaX1RnrHrPVMB8GA1UdIwQYMBaAFO/b
aJm/k+jGPeoxuyaX1RnrHrPVMA8GA1UdEwEB/wQFMAMBAf8wHwYDVR0RBBgwFoIU
bG9vcGJhY2suZXhhbXBsZS5jb20wCgYIKoZIzj0EAwIDSQAwRgIhALxaHa3OvlBF
sym++LUo+eusqhFYARlkp0t+TTCB04e1AiEAsBSm90k5FyZF+tyEWvEFedQk7n7s
fUMPqJx03o2mPbI=
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgyxWx8L1bwOkhvt1I
qmIHo4Dno/E9XqjQGzNtYFOcWSmhRANCAARJhZUtLUOdF6YGjct1PnXjTh49MrBo
wmccsmcoY/mOLFi6yqnrKq2gqUKGKWtMivCh2UVBMGhH/gIb0phJx/LJ
-----END PRIVATE KEY-----
`,
} as const;

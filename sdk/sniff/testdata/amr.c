/* Encodes 16-bit PCM of one channel on standard input: AMR at 8 kHz without an argument, AMR-WB at 16 kHz with one. */
#include <stdio.h>
#include <string.h>
#include <opencore-amrnb/interf_enc.h>
#include <vo-amrwbenc/enc_if.h>

int main(int argc, char **argv) {
	int wide = argc > 1, samples = wide ? 320 : 160, n;
	void *state = wide ? E_IF_init() : Encoder_Interface_init(0);
	short pcm[320];
	unsigned char frame[128];
	(void)argv;
	fputs(wide ? "#!AMR-WB\n" : "#!AMR\n", stdout);
	for (;;) {
		memset(pcm, 0, sizeof pcm);
		if (fread(pcm, 2, samples, stdin) == 0)
			return 0;
		n = wide ? E_IF_encode(state, 8, pcm, frame, 0) : Encoder_Interface_Encode(state, MR122, pcm, frame, 0);
		fwrite(frame, 1, n, stdout);
	}
}

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Audio of the demo: made, taken from captures, and compared.

audio.py make SEED SECONDS FILE.wav
    writes a melody that never repeats, 8 kHz mono.
audio.py decode FILE.pcap FROM TO OUT.wav
    writes the PCMU audio of the RTP packets from address FROM to address TO, each
    placed by its RTP timestamp; prints the number of packets.
audio.py compare SENT.wav RECEIVED.wav SECONDS
    looks every half second of RECEIVED up in SENT. Fails unless at least SECONDS were
    received, they sound alike, and they come in order.
"""
import subprocess
import sys
import wave

import numpy as np

RATE = 8000
WINDOW = RATE // 2
SILENCE_RMS = 200
MIN_CORRELATION = 0.95


def read_wav(path):
    with wave.open(path, "rb") as f:
        if (f.getframerate(), f.getnchannels(), f.getsampwidth()) != (RATE, 1, 2):
            sys.exit(f"{path}: not 8 kHz mono 16 bit")
        return np.frombuffer(f.readframes(f.getnframes()), dtype="<i2").astype(float)


def write_wav(path, samples):
    with wave.open(path, "wb") as f:
        f.setnchannels(1)
        f.setsampwidth(2)
        f.setframerate(RATE)
        f.writeframes(samples.astype("<i2").tobytes())


def make(seed, seconds, path):
    rng = np.random.default_rng(int(seed))
    total = int(float(seconds) * RATE)
    notes, length = [], 0
    while length < total:
        n = int(rng.uniform(0.12, 0.35) * RATE)
        t = np.arange(n) / RATE
        start = rng.uniform(250, 900)
        phase = 2 * np.pi * np.cumsum(np.linspace(start, start * rng.uniform(0.7, 1.5), n)) / RATE
        envelope = np.minimum(1, np.minimum(t, n / RATE - t) / 0.02)
        notes.append(envelope * (np.sin(phase) + 0.5 * np.sin(2 * phase) + 0.25 * np.sin(3 * phase)))
        length += n
    write_wav(path, np.concatenate(notes)[:total] * 7000)


def ulaw_table():
    """Linear value of each PCMU octet (ITU-T G.711)."""
    code = ~np.arange(256) & 0xFF
    magnitude = (((code & 0x0F) << 3) + 0x84 << ((code & 0x70) >> 4)) - 0x84
    return np.where(code & 0x80, -magnitude, magnitude)


def decode(pcap, source, destination, path):
    fields = ["rtp.timestamp", "rtp.payload"]
    command = ["tshark", "-r", pcap, "-d", "udp.port==1024-65535,rtp", "-Y",
               f"rtp.p_type == 0 && ip.src == {source} && ip.dst == {destination}", "-T", "fields"]
    for field in fields:
        command += ["-e", field]
    lines = subprocess.run(command, check=True, stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL, text=True).stdout.split("\n")
    packets = [(int(stamp), bytes.fromhex(payload.replace(":", "")))
               for stamp, payload in (line.split("\t") for line in lines if "\t" in line)]
    print(len(packets))
    if not packets:
        sys.exit(f"{pcap}: no PCMU from {source} to {destination}")
    first = packets[0][0]
    end = max((stamp - first & 0xFFFFFFFF) + len(payload) for stamp, payload in packets)
    if end > 3600 * RATE:
        sys.exit(f"{pcap}: RTP timestamps jump")
    samples, table = np.zeros(end), ulaw_table()
    for stamp, payload in packets:
        at = stamp - first & 0xFFFFFFFF
        samples[at:at + len(payload)] = table[np.frombuffer(payload, dtype=np.uint8)]
    write_wav(path, samples)


class Haystack:
    """Audio in which pieces are looked up."""

    def __init__(self, samples):
        self.samples = samples
        self.size = 1 << (len(samples) + WINDOW - 2).bit_length()
        self.spectrum = np.fft.rfft(samples, self.size)
        total = np.concatenate(([0], np.cumsum(samples * samples)))
        self.energy = total[WINDOW:] - total[:-WINDOW]

    def at(self, window, place):
        """Normalized correlation of window with what is at place."""
        if not 0 <= place <= len(self.samples) - WINDOW:
            return 0
        product = np.dot(self.samples[place:place + WINDOW], window)
        return product / (np.sqrt(self.energy[place] * np.dot(window, window)) + 1e-9)

    def best(self, window):
        """Highest correlation of window anywhere, and where."""
        product = np.fft.irfft(self.spectrum * np.conj(np.fft.rfft(window, self.size)), self.size)
        product = product[:len(self.energy)]
        place = int(np.argmax(product / (np.sqrt(self.energy) + 1e-9)))
        return self.at(window, place), place


def compare(sent_path, received_path, seconds):
    sent, received = Haystack(read_wav(sent_path)), read_wav(received_path)
    scores, places, expected = [], [], -1
    for start in range(0, len(received) - WINDOW + 1, WINDOW):
        window = received[start:start + WINDOW]
        if np.sqrt(np.mean(window * window)) < SILENCE_RMS or np.mean(window == 0) > 0.2:
            continue
        # It goes on where it was, or else may be anywhere.
        score, place = sent.at(window, expected), expected
        if score < MIN_CORRELATION:
            score, place = sent.best(window)
        scores.append(score)
        places.append(place)
        expected = place + WINDOW
    heard = len(scores) * WINDOW / RATE
    good = sum(score >= MIN_CORRELATION for score in scores)
    ordered = all(a < b for a, b in zip(places, places[1:]))
    print(f"{heard:.1f} s heard, correlation with what was sent: median "
          f"{np.median(scores) if scores else 0:.4f}, worst {min(scores, default=0):.4f}")
    if heard < float(seconds):
        sys.exit(f"{received_path}: {heard:.1f} s of audio, {seconds} s expected")
    if good < 0.9 * len(scores):
        sys.exit(f"{received_path}: {len(scores) - good} of {len(scores)} half seconds differ")
    if not ordered:
        sys.exit(f"{received_path}: audio out of order")


if __name__ == "__main__":
    commands = {"make": (make, 3), "decode": (decode, 4), "compare": (compare, 3)}
    if len(sys.argv) < 2 or sys.argv[1] not in commands or \
       len(sys.argv) != 2 + commands[sys.argv[1]][1]:
        sys.exit(__doc__)
    commands[sys.argv[1]][0](*sys.argv[2:])

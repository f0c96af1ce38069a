"""Starts plugins as the bot does: the handshake, the streams, the signals and the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path
from typing import Any, Iterator

import grpc

from chuanhuabot._pb.bot.v1 import plugin_pb2 as pb

HERE = Path(__file__).parent


class Process(unittest.TestCase):
    """One process of tests/plugins/noisy.py for each test that calls start."""

    def setUp(self) -> None:
        self.folder = tempfile.mkdtemp(prefix="sdk")
        self.addCleanup(os.rmdir, self.folder)  # Which fails where the plugin has left something.
        self.stderr = tempfile.TemporaryFile()  # A pipe would fill up, as the bot's never does.
        self.addCleanup(self.stderr.close)

    def run_plugin(self, **env: str) -> Any:
        return subprocess.Popen(
            [sys.executable, str(HERE / "plugins" / "noisy.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self.stderr, env={"PATH": os.environ["PATH"], "PYTHONPATH": str(HERE.parent), **env})

    def start(self) -> None:
        self.process = self.run_plugin(BOT_PLUGIN="chuanhuabot", PLUGIN_UNIX_SOCKET_DIR=self.folder)
        self.addCleanup(self.end)
        line = self.process.stdout.readline().decode()
        self.assertRegex(line, r"^1\|1\|unix\|[^|]+\|grpc\|\n$")
        self.socket = line.split("|")[3]
        self.assertTrue(self.socket.startswith(self.folder), self.socket)
        self.channel = grpc.insecure_channel("unix:" + self.socket)
        self.addCleanup(self.channel.close)
        self.converse = self.channel.stream_stream(
            "/bot.v1.Plugin/Converse", pb.ToPlugin.SerializeToString, pb.FromPlugin.FromString)

    def end(self) -> None:
        if self.process.returncode is None:
            self.process.stdin.close()
            self.process.wait(20)
        self.process.stdin.close()
        self.process.stdout.close()

    def finish(self) -> tuple[str, str]:
        """Waits for the end, and returns the rest of stdout and all of stderr."""
        self.process.wait(20)
        return self.process.stdout.read().decode(), self.written()

    def then_wait(self, frame: pb.ToPlugin) -> Iterator[pb.ToPlugin]:
        """Yields a frame and keeps the bot's half open until the test is over."""
        over = threading.Event()
        self.addCleanup(over.set)
        yield frame
        over.wait(20)

    def written(self) -> str:
        self.stderr.seek(0)
        return self.stderr.read().decode()

    def call(self, method: str, request: bytes) -> bytes:
        answer: bytes = self.channel.unary_unary(method)(request, timeout=10)
        return answer

    def turn(self, text: str) -> str:
        """Runs one turn and returns the texts that it replies with."""
        frame = pb.ToPlugin(turn=pb.Turn(id=1, message=pb.Message(content=pb.Content(text=pb.Text(text=text)))))
        actions = [a for f in self.converse(iter([frame]), timeout=20) for a in f.actions.actions]
        self.assertEqual(actions[-1].done.error, "")
        return " ".join(a.reply.text.text for a in actions if a.WhichOneof("action") == "reply")

    def test_output_goes_to_stderr(self) -> None:
        self.start()
        self.assertEqual(self.turn("print"), "stdin has 0 bytes, cookie: None")
        self.turn("log slippery")
        self.call("/plugin.GRPCController/Shutdown", b"")
        out, err = self.finish()
        self.assertEqual(out, "")
        self.assertEqual(err.splitlines()[:3], ["printed before serve", "written to descriptor 1", "printed by a child"])
        self.assertIn("x" * 200_000 + " 你好 \\udc80\n", err)
        self.assertIn('{"level": "WARN", "msg": "careful: slippery", "logger": "noisy"}\n', err)

    def test_shutdown(self) -> None:
        self.start()
        self.assertEqual(self.call("/plugin.GRPCController/Shutdown", b""), b"")
        self.finish()
        self.assertEqual(self.process.returncode, 0)

    def test_health(self) -> None:
        self.start()
        for request in (b"\n\x06plugin", b""):
            self.assertEqual(self.call("/grpc.health.v1.Health/Check", request), b"\x08\x01")
        for method, request, code in (
            ("/grpc.health.v1.Health/Check", b"\n\x05other", grpc.StatusCode.NOT_FOUND),
            ("/plugin.GRPCStdio/StreamStdio", b"", grpc.StatusCode.UNIMPLEMENTED),
            ("/plugin.GRPCBroker/StartStream", b"", grpc.StatusCode.UNIMPLEMENTED),
        ):
            with self.assertRaises(grpc.RpcError) as e:
                self.call(method, request)
            self.assertEqual(e.exception.code(), code)

    def test_ends_with_the_bot(self) -> None:
        self.start()
        self.process.stdin.close()
        self.finish()
        self.assertEqual(self.process.returncode, 1)

    def test_term_lets_turns_end(self) -> None:
        self.start()
        frame = pb.ToPlugin(turn=pb.Turn(id=1, message=pb.Message(content=pb.Content(text=pb.Text(text="sleep 0.3")))))
        said = self.converse(self.then_wait(frame), timeout=20)
        self.assertEqual(next(said).actions.actions[0].append, "sleeping")
        for each in (signal.SIGINT, signal.SIGTERM):  # The first does nothing.
            self.process.send_signal(each)
        rest = [a for f in said for a in f.actions.actions]
        self.assertEqual(rest[0].reply.text.text, "awake")
        self.assertEqual(rest[-1].WhichOneof("action"), "done")
        self.finish()
        self.assertEqual(self.process.returncode, 0)

    def test_a_thread_that_never_ends_keeps_nothing(self) -> None:
        self.start()
        frame = pb.ToPlugin(turn=pb.Turn(id=1, message=pb.Message(content=pb.Content(text=pb.Text(text="sleep 1000")))))
        said = self.converse(self.then_wait(frame), timeout=20)
        next(said)
        said.cancel()
        self.call("/plugin.GRPCController/Shutdown", b"")
        self.finish()
        self.assertEqual(self.process.returncode, 0)

    def test_says_who_blocks_the_event_loop(self) -> None:
        self.start()
        self.assertEqual(self.turn("block 2.5"), "unblocked")
        self.call("/plugin.GRPCController/Shutdown", b"")
        _, err = self.finish()
        self.assertIn("the event loop has stood still", err)
        self.assertIn("in blocks\\n    time.sleep", err)

    def test_a_socket_folder_of_its_own(self) -> None:
        process = self.run_plugin(BOT_PLUGIN="chuanhuabot", TMPDIR=self.folder)
        path = Path(process.stdout.readline().decode().split("|")[3])
        self.assertEqual(path.parent.parent, Path(self.folder))
        self.assertEqual(path.parent.stat().st_mode & 0o777, 0o700)
        process.communicate(timeout=20)  # Which closes stdin.
        self.assertFalse(path.parent.exists())

    def test_started_by_hand(self) -> None:
        for env, advice in (
            ({}, "the bot starts it"),
            ({"BOT_PLUGIN": "another"}, "command: [python3, noisy.py]"),
            ({"BOT_PLUGIN": "chuanhuabot", "PLUGIN_CLIENT_CERT": "x"}, "AutoMTLS"),
        ):
            with self.subTest(env):
                process = self.run_plugin(**env)
                process.communicate(timeout=20)
                self.assertEqual(process.returncode, 1)
                self.assertIn(advice, self.written())


"""A reply plugin without any SDK: the whole of docs/protocol.md that a plugin needs, in one program."""

import json
import os
import signal
import sys
import threading
from concurrent import futures

import grpc

from bot.v1 import plugin_pb2 as pb  # protoc's code for proto/bot/v1/plugin.proto

greeting = "你好!"
host = None  # The bot's services: a channel and the metadata that each call needs.


def describe(request, context):
    return pb.DescribeResponse(name="no-sdk", version="1.0.0")


def configure(request, context):
    global greeting, host
    problems = []
    for key, value in json.loads(request.config_json).items():
        if key != "greeting":
            problems.append(pb.Problem(field=key, message="unknown key; remove it"))
        elif not isinstance(value, str):
            problems.append(pb.Problem(field=key, message="must be text"))
        else:
            greeting = value
    if request.host_address:
        host = grpc.insecure_channel(request.host_address), [("authorization", "Bearer " + request.host_token)]
    return pb.ConfigureResponse(problems=problems)


def converse(frames, context):
    """Answers frame by frame. Turns that take longer belong into threads, or no ping is answered for 10 s, and the bot ends the plugin."""
    for frame in frames:
        kind = frame.WhichOneof("frame")
        if kind == "ping":
            yield pb.FromPlugin(pong=pb.Pong(id=frame.ping.id))
        elif kind == "turn":
            try:
                actions = handle(frame.turn.message)
                done = pb.Done()
            except Exception as err:  # It costs this turn, and the operator reads it.
                actions, done = [], pb.Done(error=str(err) or repr(err))
            yield pb.FromPlugin(actions=pb.Actions(turn=frame.turn.id, actions=[*actions, pb.Action(done=done)]))
        # A cancel is of a turn that is over here, and what is unknown is ignored.


def handle(message):
    text = message.content.text.text
    if not text:
        return [pb.Action(**{"pass": pb.Pass()})]
    if text.startswith("/note "):
        ask("PutValue", pb.PutValueRequest(key="note", value=text[6:].encode()), pb.PutValueResponse)
        return [reply("ok")]
    if text == "/note":
        return [reply(ask("GetValue", pb.GetValueRequest(key="note"), pb.GetValueResponse).value.decode())]
    return [reply(f"{greeting} {text}")]


def reply(text):
    return pb.Action(reply=pb.Content(text=pb.Text(text=text)))


def ask(method, request, response):
    """Calls the bot. It raises grpc.RpcError, with PERMISSION_DENIED for what bot.yaml does not grant."""
    channel, metadata = host
    call = channel.unary_unary(f"/bot.v1.Host/{method}", type(request).SerializeToString, response.FromString)
    return call(request, metadata=metadata, timeout=5)


def unary(method, request):
    return grpc.unary_unary_rpc_method_handler(method, request.FromString, lambda response: response.SerializeToString())


def end_with_the_bot():
    """The bot holds the other end of stdin: however it ends, so does the plugin."""
    while os.read(0, 4096):
        pass
    os._exit(1)


def main():
    if os.environ.get("BOT_PLUGIN") != "chuanhuabot":
        sys.exit("This program is a reply plugin: name it in bot.yaml, and run the bot.")
    if os.environ.get("PLUGIN_CLIENT_CERT"):
        sys.exit("This bot wants TLS, which this plugin does not speak.")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Only the bot decides when the plugin ends.
    threading.Thread(target=end_with_the_bot, daemon=True).start()
    over = threading.Event()

    def shutdown(request, context):
        over.set()
        return b""

    largest = 16 << 20
    server = grpc.server(futures.ThreadPoolExecutor(), options=[("grpc.max_receive_message_length", largest)])
    server.add_generic_rpc_handlers((
        grpc.method_handlers_generic_handler("bot.v1.Plugin", {
            "Describe": unary(describe, pb.DescribeRequest),
            "Configure": unary(configure, pb.ConfigureRequest),
            "Converse": grpc.stream_stream_rpc_method_handler(converse, pb.ToPlugin.FromString, pb.FromPlugin.SerializeToString),
        }),
        # Two small services of go-plugin, whose messages are these bytes: status SERVING, and nothing.
        grpc.method_handlers_generic_handler("grpc.health.v1.Health", {
            "Check": grpc.unary_unary_rpc_method_handler(lambda request, context: b"\x08\x01"),
        }),
        grpc.method_handlers_generic_handler("plugin.GRPCController", {
            "Shutdown": grpc.unary_unary_rpc_method_handler(shutdown),
        }),
    ))
    path = os.path.join(os.environ["PLUGIN_UNIX_SOCKET_DIR"], f"no-sdk-{os.getpid()}")
    server.add_insecure_port("unix:" + path)
    server.start()
    print(f"1|1|unix|{path}|grpc|", flush=True)  # The first line of standard output, and nothing before it.
    over.wait()
    server.stop(1).wait()


if __name__ == "__main__":
    main()

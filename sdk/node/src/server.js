import { Server, status } from '@grpc/grpc-js';

import { encodeText } from './content.js';
import { stackOf, textOf } from './errors.js';
import { dialHost } from './host.js';
import { MAX_FRAME } from './limits.js';
import { Problems } from './problems.js';
import { Session } from './session.js';
import { wellFormed } from './text.js';
import { controllerService, healthService, pluginService } from './wire.js';

/** PluginServer is the plugin's end of the wire, without the process around it. */
export class PluginServer {
  /** The gRPC server, not yet bound. */
  grpc = new Server({ 'grpc.max_receive_message_length': MAX_FRAME, 'grpc.max_send_message_length': MAX_FRAME });

  #plugin;
  #host;
  #sessions = new Set();

  /** plugin is a function that handles messages, or an object as serve takes it; shutdown is called when the bot says stop. */
  constructor(plugin, shutdown) {
    this.#plugin = typeof plugin === 'function' ? { handle: plugin } : plugin;
    if (typeof this.#plugin?.handle !== 'function') {
      throw new TypeError('a plugin is a function (message, responder) or an object with a method handle');
    }
    this.grpc.addService(pluginService, {
      describe: answered(() => this.#describe()),
      configure: answered((call) => this.#configure(call)),
      converse: (call) => this.#converse(call),
    });
    this.grpc.addService(healthService, { check: answered((call) => health(call.request.service)) });
    this.grpc.addService(controllerService, {
      shutdown: answered(() => {
        setImmediate(shutdown); // The answer goes first.
        return {};
      }),
    });
  }

  /** drain resolves when the turns that run are over. No new ones are taken. */
  async drain() {
    await Promise.all([...this.#sessions].map((session) => session.drain()));
  }

  async #describe() {
    if (typeof this.#plugin.describe !== 'function') {
      throw grpcError(status.UNIMPLEMENTED, 'this plugin does not describe itself');
    }
    const is = (await this.#plugin.describe()) ?? {};
    const schema = is.configSchema ?? '';
    return {
      name: encodeText(is.name, 'describe: name'),
      version: encodeText(is.version, 'describe: version'),
      configSchema: encodeText(typeof schema === 'object' ? JSON.stringify(schema) : schema, 'describe: configSchema'),
      stateful: Boolean(is.stateful),
    };
  }

  async #configure(call) {
    const { configJson, hostAddress, hostToken } = call.request;
    const uses = typeof this.#plugin.useHost === 'function';
    const takes = typeof this.#plugin.configure === 'function';
    if (!uses && !takes) {
      throw grpcError(status.UNIMPLEMENTED, 'this plugin takes no configuration');
    }
    if (uses) {
      this.#host?.close();
      this.#host = dialHost({ address: hostAddress, token: hostToken });
      this.#plugin.useHost(this.#host);
    }
    if (takes) {
      return { problems: await this.#problems(configJson, signalOf(call)) };
    }
    const empty = configJson === '' || configJson === '{}';
    return { problems: empty ? [] : [{ message: 'this plugin takes no configuration; remove its config' }] };
  }

  /** What the plugin finds wrong is not the call's error: it would keep the plugin from being started again. */
  async #problems(configJson, signal) {
    try {
      const found = await this.#plugin.configure(JSON.parse(configJson || '{}'), { signal });
      return (found instanceof Problems ? found.list : []).map(encodeProblem);
    } catch (err) {
      if (!(err instanceof Problems)) {
        process.stderr.write(`error in configure: ${stackOf(err)}\n`);
      }
      return Problems.of(err).map(encodeProblem);
    }
  }

  async #converse(call) {
    const session = new Session(call, (...args) => this.#plugin.handle(...args));
    this.#sessions.add(session);
    await session.ended;
    this.#sessions.delete(session);
  }
}

function encodeProblem({ field, message }) {
  return { field: wellFormed(String(field ?? '')), message: wellFormed(String(message ?? '')) };
}

function health(service) {
  if (service !== '' && service !== 'plugin') {
    throw grpcError(status.NOT_FOUND, 'the service that go-plugin asks for is called plugin');
  }
  return { status: 'SERVING' };
}

/** answered makes a function that returns, or throws, the handler of a unary call. */
function answered(answer) {
  return async (call, callback) => {
    try {
      callback(null, await answer(call));
    } catch (err) {
      callback(typeof err?.code === 'number' ? err : grpcError(status.UNKNOWN, textOf(err)));
    }
  };
}

function grpcError(code, text) {
  return Object.assign(new Error(text), { code, details: wellFormed(text) });
}

function signalOf(call) {
  const controller = new AbortController();
  call.on('cancelled', () => controller.abort());
  return controller.signal;
}

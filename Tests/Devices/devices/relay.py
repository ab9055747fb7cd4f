"""A link that can be cut: passes bytes on between clients and the hub until it is told to drop them."""

import socket
import threading


class Relay:
    def __init__(self, address, to, port=8883):
        self._to = (to, port)
        self._open = True
        self._pairs = []
        self._guard = threading.Lock()
        self._listener = socket.create_server((address, port))
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self):
        """Drops every connection; new ones end at once until `mend`."""
        with self._guard:
            self._open = False
            pairs, self._pairs = self._pairs, []
        for one in pairs:
            _end(one)

    def mend(self):
        with self._guard:
            self._open = True

    def close(self):
        self.cut()
        _end(self._listener)

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with self._guard:
                if not self._open:
                    _end(client)
                    continue
                hub = socket.create_connection(self._to)
                self._pairs += [client, hub]
            for source, target in ((client, hub), (hub, client)):
                threading.Thread(target=_pass_on, args=(source, target), daemon=True).start()


def _pass_on(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    _end(source)
    _end(target)


def _end(one):
    try:
        one.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    one.close()

"""Small servers in threads, for what no real server would do.

    class Deaf(DnsServer):
        def reply(self, query, tcp):
            return None

    server = Deaf("127.0.0.1", 5300)
    ...
    server.close()

Every datagram and every connection has a thread of its own, and what goes wrong in one ends that one alone.
"""

import socket
import struct
import threading

UDP, TCP = socket.SOCK_DGRAM, socket.SOCK_STREAM


class Listener:
    """Sockets that are bound, and nobody behind them: takes questions and connections, and says nothing."""

    def __init__(self, address, port=0, kinds=(UDP, TCP)):
        """`port` 0: one that is free for all kinds."""
        self.sockets = []
        while not self.sockets:
            try:
                for kind in kinds:
                    self.bind(kind, address, self.sockets[0].getsockname()[1] if self.sockets else port)
            except OSError:
                self.close()
                self.sockets = []
                if port:
                    raise
        self.port = self.sockets[0].getsockname()[1]

    def bind(self, kind, address, port):
        s = socket.socket(socket.AF_INET, kind)
        self.sockets.append(s)
        if kind == TCP:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind((address, port))
        if kind == TCP:
            s.listen(64)

    def close(self):
        for s in self.sockets:
            s.close()


class Server(Listener):
    """Serves from the moment it is made: what a subclass needs for that, it sets before."""

    def __init__(self, *place, **options):
        super().__init__(*place, **options)
        for s in self.sockets:
            threading.Thread(target=self.serve, args=(s,), daemon=True).start()

    def serve(self, s):
        while True:
            try:
                came = s.accept() if s.type == TCP else s.recvfrom(4096)
            except OSError:
                return
            act = self.connected if s.type == TCP else self.received
            threading.Thread(target=self.guard, args=(act, s, *came), daemon=True).start()

    @staticmethod
    def guard(act, *came):
        try:
            act(*came)
        except (OSError, IndexError, struct.error):
            pass

    def connected(self, _, peer, __):
        with peer:
            self.connection(peer)

    def received(self, s, data, peer):
        """A datagram came to the socket `s`."""
        raise NotImplementedError

    def connection(self, peer):
        """A client connected; closed after this."""
        raise NotImplementedError


class DnsServer(Server):
    """What reply() says: a message, several in a list, or None for silence."""

    def messages(self, query, tcp):
        said = self.reply(query, tcp)
        return said if isinstance(said, list) else [said] if said else []

    def received(self, s, data, peer):
        for message in self.messages(data, False):
            s.sendto(message, peer)

    def connection(self, peer):
        while True:
            for message in self.messages(read_message(peer), True):
                peer.sendall(struct.pack("!H", len(message)) + message)

    def reply(self, query, tcp):
        raise NotImplementedError


class Forwarder(DnsServer):
    """What `twist` makes of a question and the true answer; upstream is asked over TCP."""

    def __init__(self, address, port, upstream, twist=None, kinds=(UDP, TCP)):
        self.upstream, self.twist = upstream, twist or (lambda query, truth: truth)
        super().__init__(address, port, kinds)

    def ask(self, query):
        with socket.create_connection(self.upstream, timeout=5) as s:
            s.sendall(struct.pack("!H", len(query)) + query)
            return read_message(s)

    def reply(self, query, tcp):
        return self.twist(query, self.ask(query))


def read_message(s):
    """One DNS message with its length before it."""
    data, want = b"", 2
    while len(data) < want:
        more = s.recv(65536)
        if not more:
            raise OSError("closed")
        data += more
        if len(data) >= 2:
            want = 2 + struct.unpack("!H", data[:2])[0]
    return data[2:want]


def end_of_question(message):
    end = 12
    while message[end]:
        end += message[end] + 1
    return end + 5


def header(query, flags, answers=0):
    """The head of an answer, with the question."""
    return query[:2] + struct.pack("!5H", flags, 1, answers, 0, 0) + query[12:end_of_question(query)]

package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/// A WebSocket client that sends exactly the frames it is told to.
final class SocketClient implements AutoCloseable {
  static final int CONTINUATION = 0;
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  private static final int TIMEOUT_MILLIS = 60_000;
  private static final byte[] MASK = {7, 11, 13, 17};

  private final Socket socket = new Socket();
  private final DataInputStream in;

  /// A frame as it came.
  @SuppressWarnings("ArrayRecordComponent")
  record Frame(int opcode, byte[] payload) {
    String text() {
      return new String(payload, StandardCharsets.UTF_8);
    }

    /// The code of a close frame.
    int code() {
      return ((payload[0] & 255) << 8) | (payload[1] & 255);
    }
  }

  /// @param lines more of the head of the request
  SocketClient(InetSocketAddress address, String... lines) {
    try {
      socket.setTcpNoDelay(true);
      socket.connect(address, TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      in = new DataInputStream(socket.getInputStream());
      String head =
          "GET /v0/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
              + (lines.length == 0 ? "" : String.join("\r\n", lines) + "\r\n")
              + "\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      StringBuilder answer = new StringBuilder();
      while (answer.indexOf("\r\n\r\n") < 0) {
        answer.append((char) in.readUnsignedByte());
      }
      assertThat(answer.toString())
          .startsWith("HTTP/1.1 101 ")
          .contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Sends a message of JSON, given with single quotes.
  SocketClient send(String json) {
    return frame(true, TEXT, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  SocketClient frame(boolean last, int opcode, byte[] payload) {
    return frame(last, opcode, payload, true);
  }

  SocketClient frame(boolean last, int opcode, byte[] payload, boolean masked) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int flag = masked ? 0x80 : 0;
    out.write((last ? 0x80 : 0) | opcode);
    if (payload.length < 126) {
      out.write(flag | payload.length);
    } else {
      boolean isShort = payload.length < 1 << 16;
      out.write(flag | (isShort ? 126 : 127));
      for (int shift = isShort ? 8 : 56; shift >= 0; shift -= 8) {
        out.write((int) ((long) payload.length >> shift & 255));
      }
    }
    if (masked) {
      out.writeBytes(MASK);
    }
    for (int i = 0; i < payload.length; i++) {
      out.write(masked ? payload[i] ^ MASK[i & 3] : payload[i]);
    }
    return raw(out.toByteArray());
  }

  SocketClient raw(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Frame readFrame() {
    try {
      int first = in.readUnsignedByte();
      assertThat(first & 0xf0).as("one frame for each message").isEqualTo(0x80);
      long length = in.readUnsignedByte();
      if (length == 126) {
        length = in.readUnsignedShort();
      } else if (length == 127) {
        length = in.readLong();
      }
      return new Frame(first & 15, in.readNBytes((int) length));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The next message.
  JsonNode read() {
    Frame frame = readFrame();
    assertThat(frame.opcode()).as(frame.text()).isEqualTo(TEXT);
    return Json.tree(frame.payload());
  }

  /// The next message, which has to be of this type.
  JsonNode read(String type) {
    JsonNode message = read();
    assertThat(message.path("type").asString()).as(message.toString()).isEqualTo(type);
    return message;
  }

  /// Whether the server closes the connection now.
  boolean isClosed() {
    try {
      return in.read() < 0;
    } catch (EOFException | SocketException e) {
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

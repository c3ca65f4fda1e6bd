package dev.topics.server.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// HTTP/2 byte for byte, so that tests can send what no client would.
final class Http2Frames {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RESET = 3;
  static final int SETTINGS = 4;
  static final int PUSH = 5;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW = 8;
  static final int CONTINUATION = 9;
  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;
  static final int PADDED = 8;
  static final byte[] NOTHING = {};
  static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  static final byte[] HELLO = join(PREFACE, frame(SETTINGS, 0, 0, NOTHING));

  private Http2Frames() {}

  static byte[] frame(int type, int flags, int stream, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
    frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
    return frame.put((byte) type).put((byte) flags).putInt(stream).put(payload).array();
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Arrays.stream(parts).forEach(all::writeBytes);
    return all.toByteArray();
  }

  static byte[] repeat(int count, byte[]... parts) {
    byte[] one = join(parts);
    ByteBuffer all = ByteBuffer.allocate(count * one.length);
    for (int i = 0; i < count; i++) {
      all.put(one);
    }
    return all.array();
  }

  static byte[] ints(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
    Arrays.stream(values).forEach(bytes::putInt);
    return bytes.array();
  }

  static byte[] setting(int id, int value) {
    return ByteBuffer.allocate(6).putShort((short) id).putInt(value).array();
  }

  /// Names and values as literals that no table remembers.
  static byte[] block(String... namesAndValues) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      block.write(0);
      for (String text : new String[] {namesAndValues[i], namesAndValues[i + 1]}) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        if (bytes.length < 127) {
          block.write(bytes.length);
        } else {
          block.write(127);
          int rest = bytes.length - 127;
          for (; rest >= 128; rest >>= 7) {
            block.write((rest & 127) | 128);
          }
          block.write(rest);
        }
        block.writeBytes(bytes);
      }
    }
    return block.toByteArray();
  }

  static byte[] get(String... more) {
    String[] fields = {":method", "GET", ":path", "/health", ":scheme", "http", ":authority", "a"};
    String[] all = Arrays.copyOf(fields, fields.length + more.length);
    System.arraycopy(more, 0, all, fields.length, more.length);
    return block(all);
  }

  static byte[] request(int stream, byte[] block) {
    return frame(HEADERS, END_STREAM | END_HEADERS, stream, block);
  }

  static byte[] upload(int stream) {
    return frame(
        HEADERS,
        END_HEADERS,
        stream,
        block(
            ":method",
            "POST",
            ":path",
            "/echo",
            ":scheme",
            "http",
            ":authority",
            "a",
            "content-type",
            "application/json"));
  }

  static void send(Socket socket, byte[] abuse) {
    try {
      OutputStream out = socket.getOutputStream();
      out.write(HELLO);
      out.write(abuse);
    } catch (IOException e) {
      // The server had enough; what it said is still to be read.
    }
  }

  /// What the server says about it.
  static String end(InputStream in) throws IOException {
    try {
      while (true) {
        byte[] head = in.readNBytes(9);
        if (head.length < 9) {
          return "closed";
        }
        int length = (head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | (head[2] & 0xff);
        byte[] payload = in.readNBytes(length);
        if (payload.length < length) {
          throw new EOFException();
        }
        switch (head[3]) {
          case GOAWAY -> {
            return "goaway";
          }
          case RESET -> {
            return "reset";
          }
          case HEADERS -> {
            if (new String(payload, StandardCharsets.ISO_8859_1).contains("400")
                || payload[0] == (byte) 0x8c) {
              return "400";
            }
          }
          default -> {}
        }
      }
    } catch (SocketException | EOFException e) {
      return "closed";
    }
  }
}

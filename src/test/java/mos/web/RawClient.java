package mos.web;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** Sends any bytes to a server, which clients that know HTTP do not. */
public final class RawClient implements AutoCloseable {
  private final Socket socket;

  public RawClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(30_000);
  }

  public RawClient send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  public RawClient send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.UTF_8));
  }

  /** All that comes until the server closes; a connection that is reset has come to its end too. */
  public String answer() throws IOException {
    StringBuilder all = new StringBuilder();
    InputStream in = socket.getInputStream();
    byte[] some = new byte[1 << 16];
    try {
      for (int n = in.read(some); n >= 0; n = in.read(some)) {
        all.append(new String(some, 0, n, StandardCharsets.UTF_8));
      }
    } catch (SocketException reset) {
      all.append("(reset)");
    }
    return all.toString();
  }

  /** One request, whose answer ends the connection. */
  public static String ask(int port, String method, String path, String type, byte[] body)
      throws IOException {
    try (RawClient client = new RawClient(port)) {
      String head = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
      head += type == null ? "" : "Content-Type: " + type + "\r\n";
      head += body == null ? "" : "Content-Length: " + body.length + "\r\n";
      client.send(head + "\r\n");
      if (body != null) {
        client.send(body);
      }
      return client.answer();
    }
  }

  /** POST of JSON. */
  public static String post(int port, String path, String body) throws IOException {
    return ask(port, "POST", path, "application/json", body.getBytes(StandardCharsets.UTF_8));
  }

  /** The body of an answer. */
  public static String body(String answer) {
    return answer.substring(answer.indexOf("\r\n\r\n") + 4);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

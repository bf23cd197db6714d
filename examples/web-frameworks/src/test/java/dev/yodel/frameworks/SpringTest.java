package dev.yodel.frameworks;

import java.net.URI;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;

class SpringTest {
    @Configuration
    @EnableWebMvc
    static class Mvc {}

    @Test
    void aCallIsAnsweredAndAPublisherComesByWhip() throws Exception {
        try (AdapterChecks checks = new AdapterChecks();
                AnnotationConfigWebApplicationContext context = new AnnotationConfigWebApplicationContext()) {
            context.addBeanFactoryPostProcessor(beans -> beans.registerSingleton("whipServer", checks.whipServer()));
            context.register(Mvc.class, CallsConfiguration.class, OfferController.class, SpringWhip.class);
            ServletHolder dispatcher = new ServletHolder(new DispatcherServlet(context));
            dispatcher.setAsyncSupported(true);
            ServletContextHandler handler = new ServletContextHandler("/");
            handler.addServlet(dispatcher, "/");
            Server server = new Server();
            ServerConnector connector = new ServerConnector(server);
            connector.setHost("localhost");
            server.addConnector(connector);
            server.setHandler(handler);
            server.start();
            try {
                URI base = URI.create("http://localhost:" + connector.getLocalPort());
                checks.signaling(base);
                checks.whip(base);
            } finally {
                server.stop();
            }
        }
    }
}

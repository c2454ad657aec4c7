// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { queuedCallOf } from '@givc/access';
import { Call, Parse, type wifimanager, type ServerCall } from '@givc/rpc';
import { parseConnectRequest, type ConnectRequest } from './connect-request.js';
import { WifiService } from './wifi.service.js';

/** `wifimanager.WifiService`. */
@Controller()
export class WifiController {
  constructor(private readonly wifi: WifiService) {}

  @GrpcMethod('WifiService', 'ListNetwork')
  async listNetwork({ NetworkName }: wifimanager.WifiNetworkRequest): Promise<wifimanager.WifiNetworkResponse> {
    return { networks: await this.wifi.networks(NetworkName) };
  }

  @GrpcMethod('WifiService', 'GetActiveConnection')
  getActiveConnection(): Promise<wifimanager.AccessPoint> {
    return this.wifi.active();
  }

  @GrpcMethod('WifiService', 'ConnectNetwork')
  async connectNetwork(
    @Parse(parseConnectRequest) request: ConnectRequest,
    @Call() call: ServerCall,
  ): Promise<wifimanager.WifiConnectionResponse> {
    return { Response: await this.wifi.connect(request, queuedCallOf(call)) };
  }

  @GrpcMethod('WifiService', 'DisconnectNetwork')
  async disconnectNetwork(): Promise<wifimanager.WifiConnectionResponse> {
    return { Response: await this.wifi.disconnect() };
  }

  @GrpcMethod('WifiService', 'TurnOn')
  async turnOn(): Promise<wifimanager.WifiConnectionResponse> {
    return { Response: await this.wifi.turn(true) };
  }

  @GrpcMethod('WifiService', 'TurnOff')
  async turnOff(): Promise<wifimanager.WifiConnectionResponse> {
    return { Response: await this.wifi.turn(false) };
  }
}
